/** A stream that is being read to its end. */
export interface Collector {
  /** Fulfilled at the end of the stream, or once it was given up. */
  readonly ended: Promise<void>;
  /** What was read so far. */
  text(): string;
  /** Stops reading; what was read is kept. */
  giveUp(): Promise<void>;
}

/** Starts to read `stream` as UTF-8 text. */
export function collect(stream: ReadableStream<Uint8Array>): Collector {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    text += decoder.decode();
  };
  return {
    ended: read(),
    text: () => text,
    giveUp: () => reader.cancel(),
  };
}
