CREATE TABLE conversations (
    id uuid NOT NULL CONSTRAINT pk_conversations PRIMARY KEY,
    channel text NOT NULL CONSTRAINT ck_conversations_channel CHECK (channel IN ('voice', 'sms', 'chat')),
    thread_key text NOT NULL,
    party text,
    language text NOT NULL CONSTRAINT ck_conversations_language CHECK (language IN ('en', 'es')),
    mode text NOT NULL CONSTRAINT ck_conversations_mode CHECK (mode IN ('assistant', 'person', 'closed')),
    verification_level smallint NOT NULL CONSTRAINT ck_conversations_level CHECK (verification_level BETWEEN 0 AND 3),
    account_id uuid CONSTRAINT fk_conversations_account_id_accounts REFERENCES accounts (id),
    calling_number_on_file boolean NOT NULL,
    offered jsonb NOT NULL DEFAULT '[]',
    expects_secret boolean NOT NULL DEFAULT false,
    last_seq bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    last_turn_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT ck_conversations_level_needs_account CHECK (verification_level < 2 OR account_id IS NOT NULL),
    CONSTRAINT ck_conversations_closed_when_ended CHECK ((ended_at IS NULL) = (mode <> 'closed'))
);
CREATE UNIQUE INDEX uq_conversations_open_thread ON conversations (channel, thread_key) WHERE ended_at IS NULL;
CREATE INDEX ix_conversations_account_id ON conversations (account_id);

CREATE TABLE turns (
    id uuid NOT NULL CONSTRAINT pk_turns PRIMARY KEY,
    conversation_id uuid NOT NULL CONSTRAINT fk_turns_conversation_id_conversations REFERENCES conversations (id),
    channel text NOT NULL,
    provider_message_id text NOT NULL,
    kind text NOT NULL CONSTRAINT ck_turns_kind CHECK (kind IN ('start', 'message', 'silence', 'no_match')),
    text text NOT NULL,
    payload text,
    media_count smallint NOT NULL,
    refused text,
    is_new boolean NOT NULL,
    attempt smallint NOT NULL DEFAULT 1,
    attempt_started_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    answered_at timestamptz,
    outcome text,
    replies jsonb,
    reply_seq bigint,
    CONSTRAINT uq_turns_channel_provider_message_id UNIQUE (channel, provider_message_id)
);
CREATE INDEX ix_turns_conversation_id ON turns (conversation_id);

CREATE TABLE messages (
    conversation_id uuid NOT NULL CONSTRAINT fk_messages_conversation_id_conversations REFERENCES conversations (id),
    seq bigint NOT NULL,
    sender text NOT NULL CONSTRAINT ck_messages_sender CHECK (sender IN ('customer', 'assistant', 'person', 'system')),
    text text NOT NULL,
    choices jsonb NOT NULL DEFAULT '[]',
    at timestamptz NOT NULL,
    turn_id uuid CONSTRAINT fk_messages_turn_id_turns REFERENCES turns (id),
    staff_id uuid,
    name text,
    CONSTRAINT pk_messages PRIMARY KEY (conversation_id, seq)
);

CREATE TABLE account_access (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_account_access PRIMARY KEY,
    at timestamptz NOT NULL,
    principal text NOT NULL,
    staff_id uuid,
    conversation_id uuid,
    account_id uuid NOT NULL,
    purpose text NOT NULL
);
CREATE INDEX ix_account_access_account_id_at ON account_access (account_id, at);

CREATE SEQUENCE hand_off_number START 1001;
CREATE TABLE hand_offs (
    id uuid NOT NULL CONSTRAINT pk_hand_offs PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('hand_off_number') CONSTRAINT uq_hand_offs_number UNIQUE,
    conversation_id uuid NOT NULL CONSTRAINT fk_hand_offs_conversation_id_conversations REFERENCES conversations (id),
    department text NOT NULL,
    reason text NOT NULL,
    topic text,
    summary text NOT NULL,
    provider_message_id text,
    priority smallint NOT NULL,
    state text NOT NULL CONSTRAINT ck_hand_offs_state CHECK (state IN ('waiting', 'taken', 'given_back', 'closed')),
    assistant_continues boolean NOT NULL,
    staff_id uuid,
    created_at timestamptz NOT NULL,
    taken_at timestamptz,
    first_answer_at timestamptz,
    closed_at timestamptz,
    disposition text,
    CONSTRAINT ck_hand_offs_taken_by_someone CHECK (state <> 'taken' OR staff_id IS NOT NULL)
);
CREATE UNIQUE INDEX uq_hand_offs_open_conversation ON hand_offs (conversation_id) WHERE state IN ('waiting', 'taken');
CREATE INDEX ix_hand_offs_conversation_id_provider_message_id ON hand_offs (conversation_id, provider_message_id);
CREATE INDEX ix_hand_offs_state_priority_created_at ON hand_offs (state, priority, created_at);

CREATE TABLE hand_off_events (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_hand_off_events PRIMARY KEY,
    hand_off_id uuid NOT NULL CONSTRAINT fk_hand_off_events_hand_off_id_hand_offs REFERENCES hand_offs (id),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    staff_id uuid,
    note text
);
CREATE INDEX ix_hand_off_events_hand_off_id ON hand_off_events (hand_off_id);

CREATE TABLE verification_guards (
    subject text NOT NULL CONSTRAINT pk_verification_guards PRIMARY KEY,
    failures smallint NOT NULL,
    last_failure_at timestamptz,
    locked_until timestamptz
);

CREATE TABLE account_candidates (
    conversation_id uuid NOT NULL CONSTRAINT fk_account_candidates_conversation_id_conversations REFERENCES conversations (id),
    account_id uuid NOT NULL CONSTRAINT fk_account_candidates_account_id_accounts REFERENCES accounts (id),
    CONSTRAINT pk_account_candidates PRIMARY KEY (conversation_id, account_id)
);

CREATE TABLE one_time_codes (
    id uuid NOT NULL CONSTRAINT pk_one_time_codes PRIMARY KEY,
    conversation_id uuid NOT NULL CONSTRAINT fk_one_time_codes_conversation_id_conversations REFERENCES conversations (id),
    account_id uuid NOT NULL CONSTRAINT fk_one_time_codes_account_id_accounts REFERENCES accounts (id),
    digest text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_one_time_codes_conversation_id ON one_time_codes (conversation_id);

CREATE TABLE outbound_messages (
    id uuid NOT NULL CONSTRAINT pk_outbound_messages PRIMARY KEY,
    conversation_id uuid CONSTRAINT fk_outbound_messages_conversation_id_conversations REFERENCES conversations (id),
    seq bigint,
    channel text NOT NULL CONSTRAINT ck_outbound_messages_channel CHECK (channel IN ('sms', 'chat')),
    thread_key text,
    recipient text,
    text text NOT NULL,
    secret boolean NOT NULL DEFAULT false,
    language text NOT NULL,
    purpose text NOT NULL,
    status text NOT NULL CONSTRAINT ck_outbound_messages_status CHECK (status IN ('pending', 'sent', 'delivered', 'failed')),
    provider_message_id text,
    error_code text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ix_outbound_messages_pending ON outbound_messages (created_at) WHERE status = 'pending';
