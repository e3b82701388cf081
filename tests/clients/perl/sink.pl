# SOAP::Lite's daemon as SAP's ear. Says where it listens, and on standard error what it decoded of each event (see tests/src/sink.rs).
use strict;
use warnings;
use SOAP::Transport::HTTP;
use URI::Escape qw(uri_escape);

our $daemon;


sub leaves_of {
    my ($value, $path) = @_;
    if (ref $value eq 'ARRAY') {
        return map { leaves_of($value->[$_], "$path.$_") } 0 .. $#$value;
    }
    if (ref $value && UNIVERSAL::isa($value, 'HASH')) {
        return map { leaves_of($value->{$_}, "$path.$_") } sort keys %$value;
    }
    return [$path, defined $value ? "$value" : ''];
}

package Events;
our @ISA = ('SOAP::Server::Parameters');

sub say_it {
    my ($name, $som) = @_;
    my $event = $som->valueof("/Envelope/Body/$name");
    my @pairs = map { main::leaves_of($event->{$_}, $_) } sort keys %$event;
    my $path = $main::daemon->request->uri->path_query;
    my @words = map { my ($at, $value) = @$_; utf8::encode($value) if utf8::is_utf8($value); "$at=" . URI::Escape::uri_escape($value) } @pairs;
    print STDERR join(' ', 'event', URI::Escape::uri_escape($path), $name, @words), "\n";
    return SOAP::Data->name('response')->type('string')->value('');
}

sub phoneCallChanged { say_it('phoneCallChanged', pop) }
sub userChanged { say_it('userChanged', pop) }
sub subscriptionEnded { say_it('subscriptionEnded', pop) }

package main;

$SIG{PIPE} = 'IGNORE';
STDERR->autoflush(1);
$daemon = SOAP::Transport::HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1)
    ->dispatch_with({'urn:IciEventInterface' => 'Events'})
    ->on_action(sub { });
print STDERR 'listening ', $daemon->url, "\n";
$daemon->handle;
