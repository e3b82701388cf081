# SOAP::Lite without a WSDL. three.pl URL FILE: sends the three requests whose bytes are kept (see ../capture).
# three.pl URL: sends the one that is not namespace-well-formed, because ->ns with headers leaves the prefix undeclared.
use strict;
use warnings;
use SOAP::Lite;

my ($url, $file) = @ARGV;

sub call {
    my ($part, $operation, @parameters) = @_;
    my $namespace = "urn:Ici${part}Interface";
    my $client = SOAP::Lite->proxy($url)->on_action(sub { qq("http://inqmy.com/soapdispatcher/rpc/bcbici/Ici${part}Bean") });
    $file ? $client->uri($namespace) : $client->ns($namespace, 'ns0');
    my @headers = map { SOAP::Header->name($_->[0])->value($_->[1])->type('string')->uri($namespace) } [user => 'CRMFOSOUT'], [language => 'EN'];
    $_->prefix('pre') for $file ? @headers : ();
    $client->call($operation, @parameters, @headers);
}

sub text { SOAP::Data->name($_[0])->type('string')->value($_[1]) }

call('User', 'getAttributes', text(userId => 'CRMFOSOUT'));
exit unless $file;
call('User', 'setCurrentChannels', text(userId => 'CRMFOSOUT'), SOAP::Data->name(channels => [1, 3]));
open my $in, '<:encoding(UTF-8)', $file or die $!;
local $/;
call('Item', 'setAttachedData', text(itemId => 'ITEM'), text(attachedData => <$in>));
