//gsoap user service name: User
//gsoap user service style: rpc
//gsoap user service encoding: encoded
//gsoap user service namespace: urn:IciUserInterface
//gsoap user schema namespace: urn:IciUserInterface
//gsoap item service name: Item
//gsoap item service style: rpc
//gsoap item service encoding: encoded
//gsoap item service namespace: urn:IciItemInterface
//gsoap item schema namespace: urn:IciItemInterface

// A SOAP-ENC array of integers.
struct IntegerArray { int *__ptr; int __size; };

struct SOAP_ENV__Header { char *user__user; char *user__language; char *item__user; char *item__language; };

//gsoap user service method-header-part: getAttributes user__user
//gsoap user service method-header-part: getAttributes user__language
//gsoap user service method-action: getAttributes "http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean"
int user__getAttributes(char *userId, char **response);

//gsoap user service method-action: setCurrentChannels "http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean"
int user__setCurrentChannels(char *userId, struct IntegerArray channels, char **response);

//gsoap item service method-action: setAttachedData "http://inqmy.com/soapdispatcher/rpc/bcbici/IciItemBean"
int item__setAttachedData(char *itemId, char *attachedData, char **response);
