-- How each leg of a call sounded: a projection of leg.measured.
CREATE TABLE leg_audio (
  seq INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  call TEXT NOT NULL,
  leg TEXT NOT NULL,
  trunk TEXT,
  agent TEXT,
  mos REAL,
  loss REAL NOT NULL,
  jitter_ms REAL NOT NULL,
  their_loss REAL,
  round_trip_ms REAL,
  one_way TEXT,
  outsiders INTEGER NOT NULL,
  audio TEXT NOT NULL
) STRICT;
CREATE INDEX leg_audio_call ON leg_audio (call);
CREATE INDEX leg_audio_at ON leg_audio (at);
