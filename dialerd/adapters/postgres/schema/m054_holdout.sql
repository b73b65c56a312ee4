-- A call that was held out from detection's verdict counts as a live answer only where it was abandoned.
DROP TRIGGER attempt_answered ON attempt;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt FOR EACH ROW
WHEN (OLD.disposition IS NULL AND NEW.channel = 'voice' AND NEW.disposition IN
  ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup', 'answering_machine', 'voicemail_left')
  AND (NEW.disposition = 'abandoned' OR NEW.verdict IS NULL OR NEW.verdict = 'machine' OR NEW.amd IS NULL
    OR substr(NEW.amd, 1, 7) <> 'MACHINE'))
EXECUTE FUNCTION attempt_answered();
