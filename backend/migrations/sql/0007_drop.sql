ALTER TABLE conversations DROP COLUMN wrong_account_numbers;
ALTER TABLE method_setups DROP COLUMN conversation_id;
DROP TABLE payment_offers;
DROP TABLE text_enrolments;
