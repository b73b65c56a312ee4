// The documents that the API gives and takes, as the pages use them. Field names are those of the CLI's --json.
// Not here: how they are asked for (client.ts).

export * from "./documents/agents";
export * from "./documents/campaigns";
export * from "./documents/contacts";
export * from "./documents/users";
