#include <weft/status.h>

/* No default label: the compiler tells when an enumerator has no case. */

const char *weft_status_message(weft_status status) {
    switch (status) {
#define STATUS_CASE(name, message) \
    case WEFT_##name: return message;
        WEFT_STATUS_MAP(STATUS_CASE)
#undef STATUS_CASE
    }
    return "unknown status";
}

const char *weft_verdict_name(weft_verdict verdict) {
    switch (verdict) {
#define VERDICT_CASE(name, text) \
    case WEFT_##name: return text;
        WEFT_VERDICT_MAP(VERDICT_CASE)
#undef VERDICT_CASE
    }
    return "unknown verdict";
}
