-- What the services of a bill were reckoned from. The model says what it means.

CREATE TABLE bill_services (
    bill_id UUID NOT NULL,
    number SMALLINT NOT NULL,
    agreement_id UUID NOT NULL,
    service_class TEXT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    units NUMERIC(14, 2) NOT NULL,
    is_estimated BOOLEAN NOT NULL,
    persons SMALLINT NOT NULL,
    landscape_sqft INTEGER NOT NULL,
    et_inches NUMERIC(8, 3)[] NOT NULL,
    meters JSONB NOT NULL,
    CONSTRAINT pk_bill_services PRIMARY KEY (bill_id, number),
    CONSTRAINT fk_bill_services_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id),
    CONSTRAINT fk_bill_services_agreement_id_service_agreements FOREIGN KEY(agreement_id) REFERENCES service_agreements (id)
);
