CREATE TABLE visits (
    id uuid NOT NULL,
    idempotency_key text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    company text NOT NULL,
    host text NOT NULL,
    purpose text NOT NULL,
    expected_on date NOT NULL,
    hand_off_id uuid,
    registered_by uuid,
    registered_at timestamptz NOT NULL,
    badge text,
    escort text NOT NULL DEFAULT '',
    approved_by text NOT NULL DEFAULT '',
    came_at timestamptz,
    admitted_by uuid,
    left_at timestamptz,
    turned_away_at timestamptz,
    turned_away_by uuid,
    note text NOT NULL DEFAULT '',
    CONSTRAINT pk_visits PRIMARY KEY (id),
    CONSTRAINT uq_visits_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT fk_visits_hand_off_id_hand_offs FOREIGN KEY (hand_off_id) REFERENCES hand_offs (id),
    CONSTRAINT fk_visits_registered_by_staff FOREIGN KEY (registered_by) REFERENCES staff (id),
    CONSTRAINT fk_visits_admitted_by_staff FOREIGN KEY (admitted_by) REFERENCES staff (id),
    CONSTRAINT fk_visits_turned_away_by_staff FOREIGN KEY (turned_away_by) REFERENCES staff (id),
    CONSTRAINT ck_visits_kind CHECK (kind IN ('visitor', 'vendor')),
    CONSTRAINT ck_visits_named CHECK (name <> '' OR company <> ''),
    CONSTRAINT ck_visits_admitted
        CHECK ((came_at IS NULL) = (badge IS NULL) AND (came_at IS NULL) = (admitted_by IS NULL)),
    CONSTRAINT ck_visits_left CHECK (left_at IS NULL OR left_at >= came_at),
    CONSTRAINT ck_visits_turned_away
        CHECK ((turned_away_at IS NULL) = (turned_away_by IS NULL) AND (turned_away_at IS NULL OR came_at IS NULL))
);
CREATE UNIQUE INDEX uq_visits_badge ON visits (badge) WHERE came_at IS NOT NULL AND left_at IS NULL;
CREATE UNIQUE INDEX uq_visits_hand_off_id ON visits (hand_off_id) WHERE hand_off_id IS NOT NULL;
CREATE INDEX ix_visits_expected_on ON visits (expected_on);
