/* Rust's standard library takes its random numbers from a library of Windows that wine before 9 does not have; Debian 12 has wine 8.
   This stands in for it in the tests' prefix, and is part of no package. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return RtlGenRandom(data, (ULONG)length);
}
