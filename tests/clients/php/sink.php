<?php
// PHP's SoapServer as SAP's ear: php -S ADDRESS sink.php. Says on standard error what it decoded of each event (see tests/src/sink.rs).

function leaves(mixed $value, string $path): iterable
{
    if (is_object($value) || is_array($value)) {
        foreach ($value as $name => $entry) {
            yield from leaves($entry, $path === '' ? (string) $name : "$path.$name");
        }
    } else {
        yield [$path, is_bool($value) ? ($value ? 'true' : 'false') : (string) $value];
    }
}

class Events
{
    private function say(string $name, array $named): string
    {
        $line = 'event ' . rawurlencode($_SERVER['REQUEST_URI']) . " $name";
        foreach (leaves($named, '') as [$path, $value]) {
            $line .= " $path=" . rawurlencode($value);
        }
        file_put_contents('php://stderr', "$line\n");
        return '';
    }

    public function phoneCallChanged(mixed $appIds, mixed $phoneCall): string
    {
        return $this->say('phoneCallChanged', ['appIds' => $appIds, 'phoneCall' => $phoneCall]);
    }

    public function userChanged(mixed $appIds, mixed $userAttributes): string
    {
        return $this->say('userChanged', ['appIds' => $appIds, 'userAttributes' => $userAttributes]);
    }

    public function subscriptionEnded(mixed $appIds, mixed $reason): string
    {
        return $this->say('subscriptionEnded', ['appIds' => $appIds, 'reason' => $reason]);
    }
}

$server = new SoapServer(null, ['uri' => 'urn:IciEventInterface']);
$server->setClass('Events');
$server->handle();
