-- Who agreed to pay by text, and what they were offered. The models say what each table means.

CREATE TABLE text_enrolments (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    terms TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    conversation_id UUID,
    staff_id UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT,
    CONSTRAINT pk_text_enrolments PRIMARY KEY (id),
    CONSTRAINT ck_text_enrolments_status CHECK (status IN ('asked', 'confirmed', 'ended')),
    CONSTRAINT ck_text_enrolments_ended CHECK ((status = 'ended') = (ended_at IS NOT NULL AND end_reason IS NOT NULL)),
    CONSTRAINT ck_text_enrolments_confirmed CHECK ((status = 'confirmed') <= (confirmed_at IS NOT NULL)),
    CONSTRAINT fk_text_enrolments_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_text_enrolments_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    CONSTRAINT fk_text_enrolments_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);

CREATE INDEX ix_text_enrolments_phone ON text_enrolments (phone) WHERE status <> 'ended';

CREATE UNIQUE INDEX uq_text_enrolments_live ON text_enrolments (account_id, phone) WHERE status <> 'ended';

CREATE TABLE payment_offers (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    payer TEXT NOT NULL,
    conversation_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    balance_cents BIGINT NOT NULL,
    due_on DATE,
    method_id UUID NOT NULL,
    status TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    charge_id UUID,
    CONSTRAINT pk_payment_offers PRIMARY KEY (id),
    CONSTRAINT ck_payment_offers_status CHECK (status IN ('open', 'accepted', 'declined', 'replaced')),
    CONSTRAINT ck_payment_offers_purpose CHECK (purpose IN ('bill', 'past_due', 'installment', 'other_amount')),
    CONSTRAINT ck_payment_offers_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT ck_payment_offers_accepted CHECK ((status = 'accepted') = (charge_id IS NOT NULL)),
    CONSTRAINT fk_payment_offers_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_payment_offers_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    CONSTRAINT fk_payment_offers_method_id_saved_methods FOREIGN KEY(method_id) REFERENCES saved_methods (id),
    CONSTRAINT uq_payment_offers_charge_id UNIQUE (charge_id),
    CONSTRAINT fk_payment_offers_charge_id_charges FOREIGN KEY(charge_id) REFERENCES charges (id)
);

CREATE INDEX ix_payment_offers_conversation_id ON payment_offers (conversation_id);

CREATE UNIQUE INDEX uq_payment_offers_open ON payment_offers (account_id, payer) WHERE status = 'open';

-- Whoever saves a card or bank account is told in their conversation that it is on file.
ALTER TABLE method_setups ADD COLUMN conversation_id UUID
    CONSTRAINT fk_method_setups_conversation_id_conversations REFERENCES conversations (id);

-- Whoever is not verified may pay for an account by its number; numbers that nobody has are counted, and soon enough.
ALTER TABLE conversations ADD COLUMN wrong_account_numbers SMALLINT DEFAULT 0 NOT NULL;
