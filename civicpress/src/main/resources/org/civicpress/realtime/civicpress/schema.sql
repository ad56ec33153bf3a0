-- The tables of a CivicPress 0.3 installation that this service reads or writes. CivicPress adds its others, and the rows
-- of schema_migrations ("adopted"), when it first starts on this file.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT UNIQUE NOT NULL,
  role TEXT NOT NULL,
  email TEXT,
  name TEXT,
  avatar_url TEXT,
  password_hash TEXT,
  auth_provider TEXT DEFAULT 'password',
  provider_user_id TEXT,
  email_verified BOOLEAN DEFAULT 0,
  pending_email TEXT,
  pending_email_token TEXT,
  pending_email_expires DATETIME,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX idx_users_provider ON users(auth_provider, provider_user_id) WHERE provider_user_id IS NOT NULL;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash TEXT UNIQUE NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users(id),
  expires_at DATETIME NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_hash TEXT UNIQUE NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users(id),
  name TEXT NOT NULL,
  expires_at DATETIME,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE records (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT DEFAULT 'draft',
  workflow_state TEXT DEFAULT 'draft',
  content TEXT,
  metadata TEXT,
  geography TEXT,
  attached_files TEXT,
  linked_records TEXT,
  linked_geography_files TEXT,
  path TEXT,
  author TEXT,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE record_drafts (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT DEFAULT 'draft',
  workflow_state TEXT DEFAULT 'draft',
  markdown_body TEXT,
  metadata TEXT,
  geography TEXT,
  attached_files TEXT,
  linked_records TEXT,
  linked_geography_files TEXT,
  author TEXT,
  created_by TEXT,
  last_draft_saved_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE record_locks (
  record_id TEXT PRIMARY KEY,
  locked_by TEXT NOT NULL,
  locked_at DATETIME,
  expires_at DATETIME
);

CREATE TABLE audit_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER REFERENCES users(id),
  action TEXT NOT NULL,
  resource_type TEXT,
  resource_id TEXT,
  details TEXT,
  ip_address TEXT,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE realtime_snapshots (
  id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  snapshot_data BLOB NOT NULL,
  version INTEGER NOT NULL,
  integrity_hash TEXT NOT NULL DEFAULT '',
  format_version INTEGER NOT NULL DEFAULT 1,
  byte_size INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX idx_realtime_snapshots_room_id ON realtime_snapshots(room_id);
CREATE INDEX realtime_snapshots_created_at_idx ON realtime_snapshots(created_at);

CREATE TABLE schema_migrations (
  id TEXT PRIMARY KEY,
  outcome TEXT,
  applied_at DATETIME
);
