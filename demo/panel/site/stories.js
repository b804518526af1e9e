// The things to try: whom to act as, where to click, and the ledger's entry that ticks each one.

const MAYA = ["Maya", "U0MAYA"];
const TOM = ["Tom", "U0TOM"];
const PRIYA = ["Priya", "U0PRIYA"];
const LENA = ["Lena", "U0LENA"];
const CARLA = ["Carla", "U0CARLA"];
const RUTH = ["Ruth", "U0RUTH"];
const CHANNEL = "C0APPROVALS";
const MESSAGES = "app"; // the direct messages from dbaccess

/** `sign`: the entry that ticks a step, by its fields; of the same request as the step before it with `same`. `connected`: only if its login was used here. */
const asked = (actor, role) => ({ kind: "request.submitted", asks: "access", actor, role });
const same = (kind, fields = {}) => ({ kind, same: true, ...fields });

export const FIRST = {
  key: "first",
  steps: [
    { who: MAYA, at: CHANNEL, text: "an engineer, ask for two minutes of production, and press Enter:", line: "/dbaccess orders-prod read 2m orders stuck in paid since 02:40", sign: { kind: "request.submitted", asks: "access", actor: "U0MAYA" } },
    { who: PRIYA, at: CHANNEL, text: "a DBA, press Approve in #db-approvals.", sign: same("request.approved") },
    { who: MAYA, at: MESSAGES, text: "again, press Show credentials and copy the password. Connect here, look around, and watch the end.", sign: same("grant.ended"), connected: true },
  ],
};

export const STORIES = [
  {
    key: "oncall",
    title: "On call: no approval",
    steps: [
      { who: TOM, at: CHANNEL, text: "on call, read production for up to 15 minutes:", line: "/dbaccess orders-prod read 10m pager: checkout is slow", sign: asked("U0TOM", "read") },
      { who: TOM, at: MESSAGES, text: "open the message. The role is active without approval. Press Show credentials.", sign: same("credentials.set") },
    ],
  },
  {
    key: "activity",
    title: "What was run, and what did not fit",
    steps: [
      { who: MAYA, at: CHANNEL, text: "ask to read for two minutes:", line: "/dbaccess orders-prod read 2m which orders wait for the carrier", sign: asked("U0MAYA", "read") },
      { who: PRIYA, at: CHANNEL, text: "a DBA, press Approve in #db-approvals.", sign: same("request.approved") },
      { who: MAYA, at: MESSAGES, text: "again, connect with the new credentials, run Stuck orders, then Try to change one. At the end the message counts both, and marks the one that does not fit.", sign: same("activity.summarized") },
      { who: RUTH, at: CHANNEL, text: "an auditor, press Show statements under the request. Her look is in the ledger.", sign: same("activity.viewed") },
    ],
  },
  {
    key: "extend",
    title: "Extend a role that is active",
    steps: [
      { who: TOM, at: CHANNEL, text: "while the role of the story above is active, ask for more time:", line: "/dbaccess extend orders-prod read 10m checkout is still slow", sign: { kind: "request.submitted", asks: "extension" } },
      { who: TOM, at: MESSAGES, text: "look at the message: the end is later. A session that is open goes on.", sign: { kind: "grant.extended" } },
    ],
  },
  {
    key: "break",
    title: "Break-glass, and its review",
    steps: [
      { who: TOM, at: CHANNEL, text: "take write access at once, in an emergency:", line: "/dbaccess break-glass orders-prod write 5m payments down, INC-881", sign: { kind: "request.break_glass_invoked" } },
      { who: PRIYA, at: CHANNEL, text: "press Review in #db-approvals, and say whether it was justified.", sign: same("break_glass.reviewed") },
    ],
  },
  {
    key: "contractor",
    title: "A contractor: two tables, with a ticket",
    steps: [
      { who: CARLA, at: CHANNEL, text: "a guest, ask for the products. Without the ticket it is refused:", line: "/dbaccess orders-prod catalog 15m prices look wrong, SUP-4512", sign: asked("U0CARLA", "catalog") },
      { who: LENA, at: CHANNEL, text: "who owns the shop, press Approve.", sign: same("request.approved") },
      { who: CARLA, at: MESSAGES, text: "press Show credentials and connect. Products are there, customers are refused.", sign: same("credentials.set") },
    ],
  },
  {
    key: "schema",
    title: "A schema change: two approvals",
    steps: [
      { who: MAYA, at: CHANNEL, text: "ask to change the schema:", line: "/dbaccess orders-prod migrate 20m add a column for the new carrier", sign: asked("U0MAYA", "migrate") },
      { who: PRIYA, at: CHANNEL, text: "a DBA, press Approve.", sign: same("review.approved", { actor: "U0PRIYA" }) },
      { who: LENA, at: CHANNEL, text: "who owns the shop, press Approve too.", sign: same("review.approved", { actor: "U0LENA" }) },
    ],
  },
];
