-- Records what a customer said, once for each provider message id. Finds the open conversation of the
-- thread (locking it, so that turns of one conversation are numbered in order) or begins one.
-- The answer has the words as they came. What is kept is `p_kept_text`, or, where a PIN or a code was asked for,
-- `p_secret_text`.
CREATE FUNCTION record_turn(
    p_turn_id uuid, p_new_conversation_id uuid,
    p_channel text, p_provider_message_id text, p_thread_key text, p_party text,
    p_kind text, p_text text, p_kept_text text, p_secret_text text, p_payload text, p_media_count int, p_refused text,
    p_language text, p_default_language text, p_now timestamptz,
    p_window interval, p_take_over_after interval
) RETURNS TABLE (
    turn_id uuid, conversation_id uuid, mode text, language text, is_new boolean, duplicate boolean,
    attempt int, turn_text text, refused text, replies jsonb, offered jsonb,
    verification_level int, calling_number_on_file boolean, created boolean
) LANGUAGE plpgsql AS $$
DECLARE
    c conversations%ROWTYPE;
    t turns%ROWTYPE;
    inserted boolean := false;
    first_turn boolean := false;
    kept_text text;
BEGIN
    SELECT * INTO t FROM turns
        WHERE turns.channel = p_channel AND turns.provider_message_id = p_provider_message_id;
    IF NOT FOUND THEN
        SELECT * INTO c FROM conversations
            WHERE conversations.channel = p_channel AND conversations.thread_key = p_thread_key
              AND conversations.ended_at IS NULL
            FOR UPDATE;
        -- A thread that has been quiet for longer than its window begins anew, unless a person has it.
        IF FOUND AND c.mode = 'assistant' AND c.last_turn_at < p_now - p_window THEN
            UPDATE conversations SET ended_at = p_now, end_reason = 'session_window', mode = 'closed',
                verification_level = 0
                WHERE conversations.id = c.id;
            c := NULL;
        END IF;
        IF c.id IS NULL THEN
            INSERT INTO conversations (id, channel, thread_key, party, language, mode, verification_level,
                                       calling_number_on_file, started_at, last_turn_at)
            VALUES (p_new_conversation_id, p_channel, p_thread_key, p_party,
                    coalesce(p_language, p_default_language), 'assistant', 0,
                    p_party IS NOT NULL AND calling_number_is_on_file(p_party), p_now, p_now)
            ON CONFLICT (channel, thread_key) WHERE ended_at IS NULL DO NOTHING;
            first_turn := FOUND;
            SELECT * INTO STRICT c FROM conversations
                WHERE conversations.channel = p_channel AND conversations.thread_key = p_thread_key
                  AND conversations.ended_at IS NULL
                FOR UPDATE;
        END IF;
        kept_text := CASE WHEN c.expects_secret THEN p_secret_text ELSE p_kept_text END;
        INSERT INTO turns (id, conversation_id, channel, provider_message_id, kind, text, payload, media_count,
                           refused, is_new, attempt_started_at, received_at)
        VALUES (p_turn_id, c.id, p_channel, p_provider_message_id, p_kind, kept_text, p_payload, p_media_count,
                p_refused, first_turn, p_now, p_now)
        ON CONFLICT (channel, provider_message_id) DO NOTHING
        RETURNING * INTO t;
        inserted := FOUND;
        IF inserted THEN
            IF p_kind = 'message' THEN
                c.last_seq := c.last_seq + 1;
                INSERT INTO messages (conversation_id, seq, sender, text, at, turn_id)
                VALUES (c.id, c.last_seq, 'customer', kept_text, p_now, t.id);
            END IF;
            -- A case that stays open over days keeps its thread, not what was proved at its beginning.
            IF c.last_turn_at < p_now - p_window THEN
                c.verification_level := 0;
            END IF;
            UPDATE conversations SET last_turn_at = p_now, last_seq = c.last_seq,
                verification_level = c.verification_level
                WHERE conversations.id = c.id;
        ELSE
            SELECT * INTO STRICT t FROM turns
                WHERE turns.channel = p_channel AND turns.provider_message_id = p_provider_message_id;
        END IF;
    END IF;
    IF NOT inserted THEN
        SELECT * INTO STRICT c FROM conversations WHERE conversations.id = t.conversation_id;
        -- Nobody has answered for too long: whoever asks now takes the turn over, one of them.
        UPDATE turns SET attempt = turns.attempt + 1, attempt_started_at = p_now
            WHERE turns.id = t.id AND turns.replies IS NULL
              AND turns.attempt_started_at < p_now - p_take_over_after
            RETURNING * INTO t;
        IF FOUND THEN
            RETURN QUERY SELECT t.id, c.id, c.mode, c.language, t.is_new, false, t.attempt::int, p_text, t.refused,
                t.replies, c.offered, c.verification_level::int, c.calling_number_on_file, false;
            RETURN;
        END IF;
        SELECT * INTO STRICT t FROM turns
            WHERE turns.channel = p_channel AND turns.provider_message_id = p_provider_message_id;
    END IF;
    RETURN QUERY SELECT t.id, c.id, c.mode, c.language, t.is_new, NOT inserted, t.attempt::int, p_text, t.refused,
        t.replies, c.offered, c.verification_level::int, c.calling_number_on_file, inserted;
END $$;
