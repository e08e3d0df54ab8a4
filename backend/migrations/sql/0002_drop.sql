DROP FUNCTION record_turn;
DROP FUNCTION record_replies(uuid, jsonb, text, text, timestamptz);
DROP TABLE outbound_messages, one_time_codes, account_candidates, verification_guards, hand_off_events, hand_offs,
    account_access, messages, turns, conversations;
DROP SEQUENCE hand_off_number;
DROP FUNCTION refuse_change();
DROP FUNCTION calling_number_is_on_file(text);
