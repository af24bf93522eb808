// Serves calls for a test: reads a line `METHOD JSON`, answers with a line of JSON: the response, or {"error": ...}.
// Arguments: URL, transport (connect, grpc, grpcweb), file with a FileDescriptorSet, HTTP version (1.1 or 2).
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createFileRegistry, fromBinary, fromJson, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { ConnectError, createClient, Code } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";

const [url, kind, descriptors, httpVersion] = process.argv.slice(2);
const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)),
);
const transports = {
  connect: () => createConnectTransport({ baseUrl: url, httpVersion }),
  grpc: () => createGrpcTransport({ baseUrl: url }),
  grpcweb: () => createGrpcWebTransport({ baseUrl: url, httpVersion }),
};
const transport = transports[kind]();

function answer(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

function failure(thrown) {
  const error = ConnectError.from(thrown);
  return { error: Code[error.code], message: error.rawMessage, details: error.details.length };
}

// Writes a word to a guest and reads until it comes back, over one stream in both directions.
async function converse(service, { vmId, say }) {
  const method = service.method.streamConsole;
  const client = createClient(service, transport);
  let end = () => {};
  const over = new Promise((resolve) => (end = resolve));
  async function* input() {
    yield fromJson(method.input, { vmId, data: Buffer.from(say).toString("base64") });
    await over;
  }
  let text = "";
  for await (const piece of client.streamConsole(input())) {
    text += Buffer.from(piece.data).toString("latin1");
    if (text.replace(/[^a-z]/g, "").includes(say)) {
      end();
    }
  }
  return { text };
}

for await (const line of createInterface({ input: process.stdin })) {
  const space = line.indexOf(" ");
  const path = line.slice(0, space).split("/");
  const service = registry.getService(path[0]);
  const name = path[1][0].toLowerCase() + path[1].slice(1);
  const method = service.method[name];
  const json = JSON.parse(line.slice(space + 1));
  try {
    if (method.methodKind === "bidi_streaming") {
      answer(await converse(service, json));
    } else {
      const response = await createClient(service, transport)[name](fromJson(method.input, json));
      answer(toJson(method.output, response));
    }
  } catch (thrown) {
    answer(failure(thrown));
  }
}
process.exit(0);
