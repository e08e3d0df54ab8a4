-- Who is at work, what is offered to whom, calls that wait for a person, phones rung for them, and voicemail. The models
-- say what each table means.

ALTER TABLE hand_offs ADD COLUMN shut_off_on DATE;

CREATE TABLE staff_presence (
    staff_id UUID NOT NULL,
    state TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    idle_since TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    phone TEXT,
    departments TEXT[] NOT NULL,
    voice_max SMALLINT NOT NULL,
    sms_max SMALLINT NOT NULL,
    chat_max SMALLINT NOT NULL,
    CONSTRAINT pk_staff_presence PRIMARY KEY (staff_id),
    CONSTRAINT ck_staff_presence_state CHECK (state IN ('available', 'away', 'after_call')),
    CONSTRAINT ck_staff_presence_capacity CHECK (least(voice_max, sms_max, chat_max) >= 0),
    CONSTRAINT fk_staff_presence_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE CASCADE
);


CREATE TABLE queue_offers (
    id UUID NOT NULL,
    hand_off_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    state TEXT NOT NULL,
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_queue_offers PRIMARY KEY (id),
    CONSTRAINT ck_queue_offers_state CHECK (state IN ('offered', 'accepted', 'declined', 'timed_out', 'withdrawn')),
    CONSTRAINT fk_queue_offers_hand_off_id_hand_offs FOREIGN KEY(hand_off_id) REFERENCES hand_offs (id),
    CONSTRAINT fk_queue_offers_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);

CREATE INDEX ix_queue_offers_hand_off_id_ended_at ON queue_offers (hand_off_id, ended_at);
CREATE UNIQUE INDEX uq_queue_offers_case ON queue_offers (hand_off_id) WHERE state = 'offered';
CREATE UNIQUE INDEX uq_queue_offers_staff ON queue_offers (staff_id) WHERE state = 'offered';

CREATE TABLE queued_calls (
    id UUID NOT NULL,
    hand_off_id UUID NOT NULL,
    call_sid TEXT,
    phone TEXT,
    language TEXT NOT NULL,
    contact TEXT NOT NULL,
    state TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    talking_at TIMESTAMP WITH TIME ZONE,
    tries SMALLINT NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE,
    window_ends_at TIMESTAMP WITH TIME ZONE,
    next_step TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_as TEXT,
    CONSTRAINT pk_queued_calls PRIMARY KEY (id),
    CONSTRAINT ck_queued_calls_state CHECK (state IN ('waiting', 'connecting', 'talking', 'ended')),
    CONSTRAINT ck_queued_calls_contact CHECK (contact IN ('holding', 'callback')),
    CONSTRAINT ck_queued_calls_ended_as CHECK ((state = 'ended') = (ended_as IS NOT NULL)),
    CONSTRAINT ck_queued_calls_callback_has_number CHECK (contact = 'holding' OR phone IS NOT NULL),
    CONSTRAINT fk_queued_calls_hand_off_id_hand_offs FOREIGN KEY(hand_off_id) REFERENCES hand_offs (id)
);

CREATE INDEX ix_queued_calls_ended_at ON queued_calls (ended_at);
CREATE INDEX ix_queued_calls_phone ON queued_calls (phone) WHERE state <> 'ended';
CREATE UNIQUE INDEX uq_queued_calls_open_call ON queued_calls (call_sid) WHERE state <> 'ended';
CREATE UNIQUE INDEX uq_queued_calls_open_case ON queued_calls (hand_off_id) WHERE state <> 'ended';

CREATE TABLE call_legs (
    id UUID NOT NULL,
    queued_call_id UUID NOT NULL,
    staff_id UUID,
    role TEXT NOT NULL,
    manner TEXT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,
    provider_sid TEXT,
    failure TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_call_legs PRIMARY KEY (id),
    CONSTRAINT ck_call_legs_role CHECK (role IN ('lead', 'consult', 'supervisor', 'customer')),
    CONSTRAINT ck_call_legs_manner CHECK (manner IN ('talk', 'listen', 'coach')),
    CONSTRAINT ck_call_legs_state CHECK (state IN ('pending', 'ringing', 'asked', 'joined', 'ended', 'failed')),
    CONSTRAINT fk_call_legs_queued_call_id_queued_calls FOREIGN KEY(queued_call_id) REFERENCES queued_calls (id),
    CONSTRAINT fk_call_legs_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);

CREATE INDEX ix_call_legs_open ON call_legs (staff_id) WHERE state NOT IN ('ended', 'failed');
CREATE INDEX ix_call_legs_queued_call_id ON call_legs (queued_call_id);

CREATE TABLE call_orders (
    id UUID NOT NULL,
    leg_id UUID,
    body JSONB NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_call_orders PRIMARY KEY (id),
    CONSTRAINT ck_call_orders_state CHECK (state IN ('pending', 'done', 'failed')),
    CONSTRAINT fk_call_orders_leg_id_call_legs FOREIGN KEY(leg_id) REFERENCES call_legs (id)
);

CREATE INDEX ix_call_orders_pending ON call_orders (created_at) WHERE state = 'pending';

CREATE TABLE voicemails (
    id UUID NOT NULL,
    hand_off_id UUID NOT NULL,
    recording_sid TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    transcript TEXT,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_voicemails PRIMARY KEY (id),
    CONSTRAINT fk_voicemails_hand_off_id_hand_offs FOREIGN KEY(hand_off_id) REFERENCES hand_offs (id),
    CONSTRAINT uq_voicemails_recording_sid UNIQUE (recording_sid)
);

CREATE INDEX ix_voicemails_hand_off_id ON voicemails (hand_off_id);

