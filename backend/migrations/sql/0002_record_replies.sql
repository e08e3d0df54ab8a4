-- Keeps the first answer to a turn; a second one gets the first back. No row: there is no such turn.
CREATE FUNCTION record_replies(p_turn_id uuid, p_replies jsonb, p_language text, p_outcome text, p_now timestamptz)
RETURNS TABLE (replies jsonb, seq bigint, conversation_id uuid) LANGUAGE plpgsql AS $$
DECLARE
    t turns%ROWTYPE;
    next_seq bigint;
    reply jsonb;
BEGIN
    SELECT * INTO t FROM turns WHERE turns.id = p_turn_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT last_seq INTO STRICT next_seq FROM conversations WHERE conversations.id = t.conversation_id FOR UPDATE;
    UPDATE turns SET replies = p_replies, outcome = p_outcome, answered_at = p_now
        WHERE turns.id = p_turn_id AND turns.replies IS NULL;
    IF NOT FOUND THEN
        RETURN QUERY SELECT turns.replies, coalesce(turns.reply_seq, 0), turns.conversation_id
            FROM turns WHERE turns.id = p_turn_id;
        RETURN;
    END IF;
    FOR reply IN SELECT * FROM jsonb_array_elements(p_replies) LOOP
        IF coalesce(reply->>'text', '') <> '' OR jsonb_array_length(coalesce(reply->'choices', '[]')) > 0 THEN
            next_seq := next_seq + 1;
            INSERT INTO messages (conversation_id, seq, sender, text, choices, at, turn_id)
            VALUES (t.conversation_id, next_seq, 'assistant', coalesce(reply->>'text', ''),
                    coalesce(reply->'choices', '[]'), p_now, p_turn_id);
        END IF;
    END LOOP;
    UPDATE turns SET reply_seq = next_seq WHERE turns.id = p_turn_id;
    UPDATE conversations SET last_seq = next_seq, language = coalesce(p_language, conversations.language),
            offered = coalesce((
                SELECT e.value->'choices'
                FROM jsonb_array_elements(p_replies) WITH ORDINALITY AS e (value, place)
                WHERE jsonb_array_length(coalesce(e.value->'choices', '[]')) > 0
                ORDER BY e.place DESC LIMIT 1), '[]'),
            expects_secret = jsonb_path_exists(p_replies, '$[*].commands[*] ? (@.type == "collect" && @.secret == true)')
        WHERE conversations.id = t.conversation_id;
    RETURN QUERY SELECT p_replies, next_seq, t.conversation_id;
END $$;
