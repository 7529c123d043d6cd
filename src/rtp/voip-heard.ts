/**
 * What a far end measured of what we send it, as it says itself in the VoIP metrics block of RTCP XR (RFC 3611 section 4.7): gateways and desk
 * phones know what their own buffer threw away and what their listener got, which receiver reports do not tell. null: it says it does not know.
 */
export type VoipHeard = {
  /** Of what we sent, lost on the way and thrown away by its buffer since it began, 0 to 1. */
  loss: number
  discarded: number
  roundTripMs: number
  /** Within the far end: its buffer, its coding. */
  endSystemMs: number
  bufferMs: number
  /** Of our voice as it comes there, dBm0. */
  levelDb: number | null
  /** E-model, 0 to 100; MOS of listening and of conversation, 1 to 5. */
  rFactor: number | null
  mosListening: number | null
  mosConversation: number | null
}
