// The openai package of npm against a gateway: node npm_client.js BASE_URL MODEL, with the key in OPENAI_API_KEY.
// Prints what it got as one line of JSON.
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, maxRetries: 0 });
const messages = [{ role: "user", content: "Say three words." }];

const { data: completion, response } = await client.chat.completions
  .create({ model, messages, max_tokens: 20 })
  .withResponse();

let streamed = "";
let usage = null;
const stream = await client.chat.completions.create({
  model,
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta.content ?? "";
  usage = chunk.usage ?? usage;
}

const answer = await client.responses.create({ model, input: "Say three words." });
const events = [];
for await (const event of client.responses.stream({ model, input: "Say three words." }))
  events.push(event.type);

const refused = await client.chat.completions.create({ model: "gpt-9", messages }).catch((error) => error);

console.log(
  JSON.stringify({
    text: completion.choices[0].message.content,
    call: response.headers.get("agora-call"),
    streamed,
    usage,
    answer: answer.output_text,
    events,
    refused: [refused instanceof OpenAI.NotFoundError, refused.code],
  }),
);
