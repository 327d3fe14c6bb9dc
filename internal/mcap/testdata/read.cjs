// Prints the messages of an MCAP file by its index: a line of JSON for each.
// usage: NODE_PATH=node_modules node read.cjs FILE
const fs = require("fs");
const { McapIndexedReader } = require("@mcap/core");
const protobuf = require("protobufjs");
require("protobufjs/ext/descriptor");
const { FileDescriptorSet } = require("protobufjs/ext/descriptor");

const data = fs.readFileSync(process.argv[2]);
const readable = {
  size: async () => BigInt(data.length),
  read: async (offset, size) => new Uint8Array(data.buffer, data.byteOffset + Number(offset), Number(size)),
};

(async () => {
  const reader = await McapIndexedReader.Initialize({ readable });
  const types = new Map();
  for (const s of reader.schemasById.values()) {
    const root = protobuf.Root.fromDescriptor(FileDescriptorSet.decode(s.data));
    root.resolveAll();
    types.set(s.id, root.lookupType(s.name));
  }
  for await (const m of reader.readMessages()) {
    const channel = reader.channelsById.get(m.channelId);
    const schema = reader.schemasById.get(channel.schemaId);
    const type = types.get(schema.id);
    const value = type.toObject(type.decode(m.data), { longs: Number, bytes: (b) => b.length });
    console.log(JSON.stringify({ topic: channel.topic, type: schema.name, time: Number(m.logTime), message: value }, (k, v) => (v && v.constructor && v.constructor.name === "Uint8Array" ? v.length : v)));
  }
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
