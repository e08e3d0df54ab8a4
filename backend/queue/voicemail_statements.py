"""The statements of messages that callers leave; `repository` carries them out."""

from sqlalchemy import text

KEEP_VOICEMAIL = text(
    """
    INSERT INTO voicemails (id, hand_off_id, recording_sid, seconds, received_at, call_sid)
    VALUES (:id, :hand_off_id, :recording_sid, :seconds, :now, :call_sid) ON CONFLICT DO NOTHING RETURNING id
    """
)
KEEP_PIECE = text(
    """
    INSERT INTO voicemail_pieces (transcription_sid, number, call_sid, words, is_last, received_at)
    SELECT :transcription_sid, :number, :call_sid, :words, :is_last, :now
     WHERE NOT EXISTS (SELECT FROM voicemails WHERE call_sid = :call_sid AND transcript IS NOT NULL)
    ON CONFLICT DO NOTHING RETURNING number
    """
)
# Whole: every number up to the last is there. Late: what has not come by `late` does not come any more.
WRITE_DOWN = text(
    """
    UPDATE voicemails v SET transcript = said.words
      FROM (SELECT call_sid, trim(string_agg(words, ' ' ORDER BY transcription_sid, number)) AS words,
                   max(number) FILTER (WHERE is_last) = count(*) AS is_whole, max(received_at) AS last_at
              FROM voicemail_pieces
             WHERE call_sid IN (SELECT call_sid FROM voicemails WHERE transcript IS NULL AND call_sid IS NOT NULL)
             GROUP BY call_sid) said
     WHERE v.call_sid = said.call_sid AND v.transcript IS NULL
       AND (said.is_whole OR greatest(said.last_at, v.received_at) < :late)
    RETURNING v.hand_off_id, v.transcript, v.call_sid
    """
)
FORGET_PIECES = text("DELETE FROM voicemail_pieces WHERE call_sid = ANY(:written) OR received_at < :old")
CONVERSATION_OF = text("SELECT conversation_id FROM hand_offs WHERE id = :hand_off_id")
