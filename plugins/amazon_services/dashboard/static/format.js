// Formats numbers and times in the language of the browser.

const whole = new Intl.NumberFormat();
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const weekdayDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC", hourCycle: "h23" });

export const NOTHING = "–";
export const count = (value) => (value === null || value === undefined ? NOTHING : whole.format(value));
export const percent = (value, digits = 1) => (value === null || value === undefined ? NOTHING : `${(100 * value).toFixed(digits)} %`);
export const share = (part, of) => (of > 0 ? part / of : null);
// the rates of the semantic models by name, each with its label and the counts that are its part and its whole
export const rates = {};
export const parts = (row, rate) => [row[rates[rate].part], row[rates[rate].whole]];
export const ratio = (row, rate) => share(...parts(row, rate));
// an interval as its bounds, in percents
export const interval = (row) => (row.lower === null ? "" : `${(100 * row.lower).toFixed(0)}–${(100 * row.upper).toFixed(0)} %`);
export function money(value, currency) {
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency, maximumFractionDigits: 0 }).format(value);
  } catch {
    // Amazon may send a currency that the browser does not know, or none
    return `${whole.format(Math.round(value))} ${currency ?? ""}`.trim();
  }
}
export const day = (text) => dayMonth.format(new Date(`${text}T00:00:00Z`));
export const weekday = (text) => weekdayDay.format(new Date(`${text}T00:00:00Z`));
export const days = (period) => `${day(period.start)} to ${day(period.end)}`;
export const time = (text) => (text ? `${moment.format(new Date(text))} UTC` : NOTHING);
export const seconds = (value) => (value < 120 ? `${value.toFixed(value < 10 ? 1 : 0)} s` : span(value / 60));
export const megabytes = (value) => `${(value / 1e6).toFixed(1)} MB`;
export const short = (id) => (id && id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id ?? NOTHING);
// the name of a store; its id, shortened, where the stores file has no name
export const storeName = (row) => (row.store_name && row.store_name !== row.store_id ? row.store_name : row.store_id ? short(row.store_id) : "No store");
export const words = (name) => (name ? name[0].toUpperCase() + name.slice(1).replaceAll("_", " ") : NOTHING);

// formats minutes as days and hours, or as hours and minutes
export function span(minutes) {
  const total = Math.max(0, Math.round(minutes));
  const [d, h, m] = [Math.floor(total / 1440), Math.floor((total % 1440) / 60), total % 60];
  if (d) return h ? `${d} d ${h} h` : `${d} d`;
  return h ? (m ? `${h} h ${m} min` : `${h} h`) : `${m} min`;
}
