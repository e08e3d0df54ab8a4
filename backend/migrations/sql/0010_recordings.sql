CREATE TABLE call_recordings (
    id UUID NOT NULL,
    queued_call_id UUID NOT NULL,
    recording_sid TEXT NOT NULL,
    state TEXT NOT NULL,
    seconds INTEGER,
    order_id UUID,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_call_recordings PRIMARY KEY (id),
    CONSTRAINT uq_call_recordings_recording_sid UNIQUE (recording_sid),
    CONSTRAINT ck_call_recordings_state CHECK (state IN ('running', 'done')),
    CONSTRAINT fk_call_recordings_queued_call_id_queued_calls FOREIGN KEY(queued_call_id) REFERENCES queued_calls (id),
    CONSTRAINT fk_call_recordings_order_id_call_orders FOREIGN KEY(order_id) REFERENCES call_orders (id)
);

CREATE INDEX ix_call_recordings_queued_call_id ON call_recordings (queued_call_id);

CREATE TABLE voicemail_pieces (
    transcription_sid TEXT NOT NULL,
    number INTEGER NOT NULL,
    call_sid TEXT NOT NULL,
    words TEXT NOT NULL,
    is_last BOOLEAN NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_voicemail_pieces PRIMARY KEY (transcription_sid, number)
);

CREATE INDEX ix_voicemail_pieces_call_sid ON voicemail_pieces (call_sid);

ALTER TABLE voicemails ADD COLUMN call_sid TEXT;
CREATE INDEX ix_voicemails_unwritten ON voicemails (call_sid) WHERE transcript IS NULL AND call_sid IS NOT NULL;
