/// Who may come in: tokens, and what they allow.
@NullMarked
package org.civicpress.realtime.server.auth;

import org.jspecify.annotations.NullMarked;
