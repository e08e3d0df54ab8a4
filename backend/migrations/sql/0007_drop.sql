ALTER TABLE payment_drafts DROP COLUMN charge_id;
ALTER TABLE payment_instructions DROP COLUMN method_id;
ALTER TABLE conversations DROP COLUMN wrong_account_numbers;
ALTER TABLE method_setups DROP COLUMN conversation_id;
DROP TABLE payment_offers;
DROP TABLE text_enrolments;
