DELETE FROM nightly_items WHERE kind NOT IN ('arrangement_broken', 'file_refused', 'run_held');
ALTER TABLE nightly_items DROP CONSTRAINT ck_nightly_items_kind;
ALTER TABLE nightly_items ADD CONSTRAINT ck_nightly_items_kind
    CHECK (kind IN ('arrangement_broken', 'file_refused', 'run_held'));
ALTER TABLE payment_drafts DROP COLUMN charge_id;
ALTER TABLE payment_instructions DROP COLUMN method_id;
ALTER TABLE conversations DROP COLUMN wrong_account_numbers;
ALTER TABLE method_setups DROP COLUMN conversation_id;
DROP TABLE payment_offers;
DROP TABLE text_enrolments;
