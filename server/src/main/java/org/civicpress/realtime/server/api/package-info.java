/// What is answered over HTTP: the page, its calls, and how the server is.
@NullMarked
package org.civicpress.realtime.server.api;

import org.jspecify.annotations.NullMarked;
