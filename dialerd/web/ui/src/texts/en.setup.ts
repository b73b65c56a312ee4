// English: queues and sets of outcomes.
export const setupTexts = {
  queues: {
    title: "Queues", create: "New queue", search: "Search queues", empty: "No queues yet", emptyText: "A queue names the agents who take a campaign's calls. Make agents on the floor, then a queue of them.",
    queue: "Queue", kind: "Kind", kinds: { stasis: "dialerd's own", app_queue: "Asterisk's own" } as Record<string, string>, agents: "Agents", loggedIn: "Logged in", ready: "Ready", campaigns: "Campaigns", description: "Description",
    editTitle: (name: string) => `Change ${name}`, saved: (name: string) => `Queue ${name} is saved.`, unchanged: "Nothing was changed.", deleteAsk: (name: string) => `Delete the queue ${name}?`, deleteText: "Its agents stay. A queue that a campaign names cannot be deleted.", deleted: (name: string) => `Queue ${name} is deleted.`,
    noAgents: "No agents yet: make them on the floor.", legs: "Agents' phones", legsOf: { kept: "are called once, at login, and kept", on_demand: "ring for each call" } as Record<string, string>,
    wrapUp: "Wrap-up (seconds)", ring: "Ring at most (seconds)", music: "Music on hold", musicHint: "A class of Asterisk's musiconhold.conf.", patience: "Wait for an agent at most (seconds)", patienceHint: "2 at most: later it counts as abandoned.",
    reasons: "Reasons to pause", reasonsHint: "With commas between. None: any reason may be given.", context: "Dialplan context", extension: "Extension", extensionHint: "Empty: the queue's name.", theirs: "People who answer go on in the dialplan, where Asterisk's own Queue() takes them, with its own members.",
    blending: "It also takes callers, by [queue.blending] of its file; that stays as it is.",
  },
  outcomes: {
    title: "Outcomes", create: "New set", search: "Search sets", empty: "No outcomes of your own yet", emptyText: "A set has the outcomes that agents choose from after a call, such as Sold or Call me later. A campaign names one set.",
    set: "Set", outcomes: "Outcomes", description: "Description", editTitle: (name: string) => `Change ${name}`, saved: (name: string) => `Set ${name} is saved.`, deleteAsk: (name: string) => `Delete the set ${name}?`, deleteText: "What was given stays in the results. A set that a campaign names cannot be deleted.", deleted: (name: string) => `Set ${name} is deleted.`,
    outcome: (n: number) => `Outcome ${n}`, text: "What agents read", code: "Code", codeHint: "As exports and the API name it.", positive: "Counts as success", machine: "It was a machine", then: "Then", thens: { nothing: "the contact is done", retry: "it is called again", callback: "a callback is promised" } as Record<string, string>,
    after: "After (minutes)", callbackAfter: "After (minutes), if no time is given", callbackAfterHint: "Empty: the agent gives the time.", add: "Add outcome", up: "Up", down: "Down", remove: "Remove", keys: "Agents choose the first nine by the keys 1–9, in this order.",
  },
};
