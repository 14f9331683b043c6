// Twilio's own calculator: a JSON array of texts on standard input, [segments, encoding] for each on standard output.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { SegmentedMessage } = createRequire(import.meta.url)("sms-segments-calculator");
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(
  JSON.stringify(
    texts.map((text) => {
      const message = new SegmentedMessage(text);
      return [message.segmentsCount, message.encodingName];
    }),
  ),
);
