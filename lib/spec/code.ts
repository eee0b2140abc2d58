/**
 * The well-known error codes (CNI 1.1.0, section 5, "Error"). 0 to 99 are
 * reserved for the specification, plugins may use 100 and above for their own.
 */
export const CniCode = {
  /** The runtime could not learn why a plugin failed. */
  Unknown: 0,
  /** The configuration's `cniVersion` is not supported. */
  IncompatibleVersion: 1,
  /** A configuration key is not supported; the message names key and value. */
  UnsupportedField: 2,
  /** The container is unknown or gone: the runtime need not clean up. */
  UnknownContainer: 3,
  /** A `CNI_*` variable is missing or invalid. */
  InvalidEnvironment: 4,
  /** Reading or writing failed. */
  IoFailure: 5,
  /** What was read could not be decoded. */
  DecodingFailure: 6,
  /** The network configuration is invalid. */
  InvalidConfig: 7,
  /** `CNI_NETNS` is unusable; not in the specification, used by the Go library. */
  InvalidNetns: 8,
  /** A passing condition: the runtime should try again later. */
  TryAgainLater: 11,
  /** STATUS: the plugin cannot serve ADD at all. */
  NotAvailable: 50,
  /** STATUS: as above, and present containers may have limited connectivity. */
  LimitedConnectivity: 51,
  /** Everything else that went wrong inside a plugin. */
  Internal: 999,
} as const;
