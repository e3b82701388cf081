<?php
// PHP's SoapClient without a WSDL. three.php URL FILE: sends the three requests whose bytes are kept (see ../capture).

[, $url, $file] = $argv;

function call(string $url, string $part, string $operation, array $parameters): void
{
    $namespace = "urn:Ici{$part}Interface";
    $client = new SoapClient(null, ['location' => $url, 'uri' => $namespace]);
    $client->__setSoapHeaders([
        new SoapHeader($namespace, 'user', 'CRMFOSOUT'),
        new SoapHeader($namespace, 'language', 'EN'),
    ]);
    $named = [];
    foreach ($parameters as $name => $value) {
        $named[] = new SoapParam($value, $name);
    }
    $client->__soapCall($operation, $named, ['soapaction' => "http://inqmy.com/soapdispatcher/rpc/bcbici/Ici{$part}Bean"]);
}

call($url, 'User', 'getAttributes', ['userId' => 'CRMFOSOUT']);
call($url, 'User', 'setCurrentChannels', ['userId' => 'CRMFOSOUT', 'channels' => [1, 3]]);
call($url, 'Item', 'setAttachedData', ['itemId' => 'ITEM', 'attachedData' => file_get_contents($file)]);
