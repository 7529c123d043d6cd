/** How what is no call ends (a callback, a consultation, a supervision, a request for help), and why a call did not get where it was sent. */

/**
 * `kept`: someone was talked to; `cancelled`: a person closed it; `given_up`: we had abandoned them, and reached them no more; `dialled`: in
 * journals of before, which did not wait for an answer.
 */
export type CallbackEnd = 'dialled' | 'kept' | 'cancelled' | 'given_up'

/**
 * `cancelled`: the agent took it back; `completed`: the call was passed on; `left`: whom was consulted put the phone down; `call_over`: the
 * call ended meanwhile; the others: nobody was reached.
 */
export type ConsultEnd =
  | 'cancelled'
  | 'completed'
  | 'left'
  | 'call_over'
  | 'no_answer'
  | 'declined'
  | 'failed'
  | 'audio_lost'

/** Why a supervision is over, or a call is not heard any more. */
export type SupervisionEnd =
  | 'stopped'
  | 'switched'
  | 'call_over'
  | 'agent_changed'
  | 'agent_left'
  | 'audio_lost'
  | 'not_answered'
  | 'hung_up'
  | 'own_call'
  | 'taken_over'
  | 'not_allowed'
  /** The call went to an agent of another team; or the teams were changed. */
  | 'other_team'
  /** As many as may already listen to whoever has the call now. */
  | 'room_full'
  /** A fault in the program. */
  | 'bug'

/** How asking for help ended, but for the end of the call; `done`: says a supervisor; `passed_on`: the call is in other hands. */
export type AppealEnd = 'withdrawn' | 'done' | 'passed_on'

/** Why the agent whom a call was given has it no more, without having talked; `picked_up`: by a colleague. */
export type NotTaken = 'no_answer' | 'declined' | 'picked_up'

/** Why nobody took a call on where it was sent. */
export type FallBack = Exclude<NotTaken, 'picked_up'> | 'agent_lost' | 'outside_failed' | 'waited_too_long'
