// The shortcodes that apps use most; another one stays as it is written.

const CODES = {
  warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  lock: "🔒", unlock: "🔓", key: "🔑", closed_lock_with_key: "🔐", shield: "🛡️", rotating_light: "🚨", fire: "🔥",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", clock1: "🕐", stopwatch: "⏱️", bell: "🔔", no_bell: "🔕",
  eyes: "👀", wave: "👋", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", pray: "🙏", tada: "🎉", rocket: "🚀",
  bulb: "💡", mag: "🔍", memo: "📝", page_facing_up: "📄", books: "📚", link: "🔗", wrench: "🔧", hammer: "🔨", gear: "⚙️",
  question: "❓", exclamation: "❗", grey_question: "❔", information_source: "ℹ️", bangbang: "‼️", sos: "🆘", stop_sign: "🛑",
  red_circle: "🔴", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", large_orange_circle: "🟠", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", zap: "⚡", bug: "🐛",
  package: "📦", bar_chart: "📊", chart_with_upwards_trend: "📈", calendar: "📆", date: "📅", pushpin: "📌", robot_face: "🤖",
  computer: "💻", house: "🏠", sparkles: "✨", star: "⭐", heart: "❤️", broken_heart: "💔", boom: "💥", hand: "✋", raised_hand: "✋",
};

/** The sign for a shortcode without its colons, or nothing. */
export const emoji = (code) => CODES[code];
