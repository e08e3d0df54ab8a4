-- Cards and bank accounts on file, charges of them, pages to pay on, and what the processor tells. The models say what
-- each table means.

CREATE TABLE processor_customers (
    customer_id UUID NOT NULL,
    processor TEXT NOT NULL,
    token TEXT NOT NULL,
    CONSTRAINT pk_processor_customers PRIMARY KEY (customer_id, processor),
    CONSTRAINT uq_processor_customers_processor_token UNIQUE (processor, token),
    CONSTRAINT fk_processor_customers_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
);

CREATE TABLE saved_methods (
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    processor TEXT NOT NULL,
    token TEXT NOT NULL,
    kind TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    expires_on DATE,
    label TEXT NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT,
    CONSTRAINT pk_saved_methods PRIMARY KEY (id),
    CONSTRAINT ck_saved_methods_kind CHECK (kind IN ('card', 'bank_account')),
    CONSTRAINT ck_saved_methods_last4 CHECK (last4 ~ '^([0-9]{4})?$'),
    CONSTRAINT ck_saved_methods_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT uq_saved_methods_processor_token UNIQUE (processor, token),
    CONSTRAINT fk_saved_methods_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id)
);

CREATE INDEX ix_saved_methods_customer_id ON saved_methods (customer_id);

CREATE TABLE saved_method_accounts (
    method_id UUID NOT NULL,
    account_id UUID NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_saved_method_accounts PRIMARY KEY (method_id, account_id),
    CONSTRAINT fk_saved_method_accounts_method_id_saved_methods FOREIGN KEY(method_id) REFERENCES saved_methods (id),
    CONSTRAINT fk_saved_method_accounts_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE INDEX ix_saved_method_accounts_live ON saved_method_accounts (account_id) WHERE ended_at IS NULL;

CREATE TABLE method_setups (
    id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    customer_id UUID NOT NULL,
    account_ids UUID[] NOT NULL,
    processor TEXT NOT NULL,
    page_id TEXT,
    language TEXT NOT NULL,
    return_url TEXT NOT NULL,
    status TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    method_id UUID,
    CONSTRAINT pk_method_setups PRIMARY KEY (id),
    CONSTRAINT ck_method_setups_status CHECK (status IN ('open', 'completed', 'expired')),
    CONSTRAINT ck_method_setups_completed CHECK ((status = 'completed') = (method_id IS NOT NULL)),
    CONSTRAINT ck_method_setups_account_ids CHECK (cardinality(account_ids) > 0),
    CONSTRAINT uq_method_setups_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT fk_method_setups_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id),
    CONSTRAINT fk_method_setups_method_id_saved_methods FOREIGN KEY(method_id) REFERENCES saved_methods (id)
);

CREATE INDEX ix_method_setups_look_at ON method_setups (look_at) WHERE status = 'open';

CREATE TABLE checkouts (
    id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    account_id UUID NOT NULL,
    least_cents BIGINT NOT NULL,
    most_cents BIGINT NOT NULL,
    suggested_cents BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    processor TEXT NOT NULL,
    page_id TEXT,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    return_url TEXT NOT NULL,
    conversation_id UUID,
    recipient TEXT,
    shows_balance BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_checkouts PRIMARY KEY (id),
    CONSTRAINT ck_checkouts_status CHECK (status IN ('open', 'completed', 'expired')),
    CONSTRAINT ck_checkouts_purpose CHECK (purpose IN ('bill', 'past_due', 'installment', 'other_amount', 'autopay', 'recurring')),
    CONSTRAINT ck_checkouts_channel CHECK (channel IN ('sms', 'chat', 'voice', 'link', 'console', 'nightly')),
    CONSTRAINT ck_checkouts_amounts CHECK (0 < least_cents AND least_cents <= suggested_cents AND suggested_cents <= most_cents),
    CONSTRAINT ck_checkouts_completed CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT uq_checkouts_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT fk_checkouts_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_checkouts_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);

CREATE INDEX ix_checkouts_account_id ON checkouts (account_id);

CREATE INDEX ix_checkouts_look_at ON checkouts (look_at) WHERE status = 'open';

CREATE TABLE charges (
    id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    account_id UUID NOT NULL,
    amount_cents BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    processor TEXT NOT NULL,
    processor_customer TEXT,
    processor_charge_id TEXT,
    method_id UUID,
    method_token TEXT NOT NULL,
    method_kind TEXT NOT NULL,
    method_label TEXT NOT NULL,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    conversation_id UUID,
    recipient TEXT,
    shows_balance BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    decline_reason TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_on DATE NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    attempted_at TIMESTAMP WITH TIME ZONE,
    looks INTEGER DEFAULT 0 NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE,
    resolved_at TIMESTAMP WITH TIME ZONE,
    posted_on DATE,
    payment_id UUID,
    confirmation_number BIGINT,
    pending_told_at TIMESTAMP WITH TIME ZONE,
    told_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_charges PRIMARY KEY (id),
    CONSTRAINT ck_charges_status CHECK (status IN ('created', 'submitted', 'unknown', 'pending', 'succeeded', 'posted', 'told', 'failed')),
    CONSTRAINT ck_charges_purpose CHECK (purpose IN ('bill', 'past_due', 'installment', 'other_amount', 'autopay', 'recurring')),
    CONSTRAINT ck_charges_channel CHECK (channel IN ('sms', 'chat', 'voice', 'link', 'console', 'nightly')),
    CONSTRAINT ck_charges_method_kind CHECK (method_kind IN ('card', 'bank_account')),
    CONSTRAINT ck_charges_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT ck_charges_posted CHECK ((status IN ('posted', 'told')) = (payment_id IS NOT NULL)),
    CONSTRAINT ck_charges_failed CHECK ((status = 'failed') = (decline_reason IS NOT NULL)),
    CONSTRAINT ck_charges_posted_on CHECK ((status IN ('succeeded', 'posted', 'told')) = (posted_on IS NOT NULL)),
    CONSTRAINT ck_charges_told CHECK ((status = 'told') <= (told_at IS NOT NULL)),
    CONSTRAINT uq_charges_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT fk_charges_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_charges_method_id_saved_methods FOREIGN KEY(method_id) REFERENCES saved_methods (id),
    CONSTRAINT fk_charges_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    CONSTRAINT uq_charges_payment_id UNIQUE (payment_id),
    CONSTRAINT fk_charges_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
);

CREATE INDEX ix_charges_account_id ON charges (account_id, created_at);

CREATE INDEX ix_charges_look_at ON charges (look_at) WHERE look_at IS NOT NULL;

CREATE INDEX ix_charges_on_the_way ON charges (account_id) WHERE status IN ('created', 'submitted', 'unknown', 'pending', 'succeeded');

CREATE UNIQUE INDEX uq_charges_processor_charge ON charges (processor, processor_charge_id) WHERE processor_charge_id IS NOT NULL;

CREATE TABLE gateway_events (
    id UUID NOT NULL,
    processor TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT,
    subject_id TEXT,
    charge_id TEXT,
    amount_cents BIGINT,
    state TEXT,
    reason TEXT,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    handled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_gateway_events PRIMARY KEY (id),
    CONSTRAINT uq_gateway_events_processor_event_id UNIQUE (processor, event_id)
);

CREATE INDEX ix_gateway_events_open ON gateway_events (received_at) WHERE handled_at IS NULL;

