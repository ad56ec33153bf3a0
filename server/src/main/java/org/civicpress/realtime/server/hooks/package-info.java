/// What happens in the rooms, told outside: to listeners in this process, to CivicPress's activity log, to webhooks.
@NullMarked
package org.civicpress.realtime.server.hooks;

import org.jspecify.annotations.NullMarked;
