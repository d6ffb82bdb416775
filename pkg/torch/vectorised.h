// VECTORISED marks a function of which the compiler makes a version for each of
// three levels of x86-64; the loader picks the one for its processor.
#pragma once

#if defined(__x86_64__) && !defined(__clang__) && __GNUC__ >= 12
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif
