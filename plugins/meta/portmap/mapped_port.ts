import { formatHostPort, type PortMapping } from "./mapping.ts";

/** A port of the host that a rule maps. */
export interface MappedPort extends PortMapping {
  /** The container's address. */
  readonly address: string;
}

/**
 * Tells a person that another container has a port.
 *
 * @param whose The container, as far as its rules tell.
 */
export function rivalSentence(port: MappedPort, whose: string): string {
  return `port ${formatHostPort(port)} of the host leads to ${port.address} ` +
    `of ${whose} already, and does so until that is deleted`;
}
