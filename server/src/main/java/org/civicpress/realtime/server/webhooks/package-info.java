/// Events sent over HTTP to those whom `realtime.yml` names, from a file that survives restarts.
@NullMarked
package org.civicpress.realtime.server.webhooks;

import org.jspecify.annotations.NullMarked;
