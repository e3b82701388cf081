/* gSOAP from a hand-written header file. three URL FILE: sends the three requests whose bytes are kept (see ../capture). */
#include "soapH.h"
#include "User.nsmap"
#include <stdio.h>
#include <stdlib.h>

static struct soap *context(struct SOAP_ENV__Header *header)
{
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    soap->header = header;
    return soap;
}

static void check(struct soap *soap, int code)
{
    if (code) {
        soap_print_fault(soap, stderr);
        exit(1);
    }
}

int main(int count, char **arguments)
{
    char *url = arguments[1], *response;
    static char data[65536];
    FILE *file = fopen(arguments[2], "rb");
    int channels[] = {1, 3};
    struct IntegerArray list = {channels, 2};
    struct SOAP_ENV__Header user = {"CRMFOSOUT", "EN", NULL, NULL}, item = {NULL, NULL, "CRMFOSOUT", "EN"};
    if (count != 3 || !file) return 1;
    data[fread(data, 1, sizeof data - 1, file)] = 0;

    struct soap *soap = context(&user);
    check(soap, soap_call_user__getAttributes(soap, url, NULL, "CRMFOSOUT", &response));
    soap = context(&user);
    check(soap, soap_call_user__setCurrentChannels(soap, url, NULL, "CRMFOSOUT", list, &response));
    soap = context(&item);
    check(soap, soap_call_item__setAttachedData(soap, url, NULL, "ITEM", data, &response));
    return 0;
}
