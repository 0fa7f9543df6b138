/** A volume backend by somebody else: begin at {@link org.example.volumes.FlatVolumes}. */
package org.example.volumes;
