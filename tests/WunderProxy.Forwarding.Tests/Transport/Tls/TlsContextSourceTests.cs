using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

internal sealed class TlsContextSourceTests
{
    private readonly ManualTimeProvider _clock = new();

    [OneTimeSetUp]
    public void Load() => Assert.That(OpenSslLibrary.TryLoad(out var error), Is.True, error);

    [Test]
    public void Contexts_stay_when_their_certificate_cannot_be_read_at_a_renewal_of_ticket_keys()
    {
        var certificate = TestCertificates.New(ECDsa.Create(ECCurve.NamedCurves.nistP256), "gone.test");
        var logger = new RecordingLogger();
        using var contexts = new TlsContextSource(
            new TlsSource(new TlsPolicy(), new CertificateSet([certificate])), _clock, logger);
        var before = contexts.Enter()!;
        certificate.Leaf.Dispose();

        _clock.Advance(TicketKeys.Lifetime);

        var after = contexts.Enter()!;
        Assert.That(after, Is.SameAs(before));
        Assert.That(logger.MessagesFrom(LogLevel.Error, "session tickets"), Has.Count.EqualTo(1));
        before.Leave();
        after.Leave();
    }

    [Test]
    public void Exchange_that_was_prepared_before_a_renewal_of_ticket_keys_takes_the_new_keys()
    {
        using var contexts = new TlsContextSource(
            TestCertificates.Source(TlsEngine.OpenSsl), _clock, NullLogger.Instance);
        var change = contexts.Prepare(TestCertificates.All);
        _clock.Advance(TicketKeys.Lifetime);
        var (first, session) = Shake(contexts, 0);

        change.Make();

        var (second, unused) = Shake(contexts, session);
        Assert.That((first, second), Is.EqualTo((false, true)));
        ClientCalls.FreeSession(session);
        ClientCalls.FreeSession(unused);
    }

    [Test]
    public void User_gets_the_present_certificates_when_it_is_added()
    {
        var source = TestCertificates.Source(TlsEngine.OpenSsl);
        var user = new RecordingUser();
        var next = new CertificateSet([TestCertificates.Other]);
        source.Exchange(next);

        source.Add(user);

        Assert.That(user.Certificates, Is.SameAs(next));
    }

    /// <summary>Does a handshake with the present contexts.</summary>
    private static (bool IsResumed, nint Session) Shake(TlsContextSource contexts, nint session)
    {
        var set = contexts.Enter()!;
        using var server = TlsEnd.Server(set);
        set.Leave();
        using var client = TlsEnd.Client(new TlsEndOptions { Session = session });
        for (var flight = 0; flight < 3; flight++)
        {
            client.Handshake();
            server.Arrive(client.TakeSent());
            server.Handshake();
            client.Arrive(server.TakeSent());
        }

        // The tickets come after the handshake; a session that is freed without an end is not resumed.
        client.ReadAll(out _);
        client.Shutdown();
        return (server.Session.Describe().IsResumed, client.TakeSession());
    }

    private sealed class RecordingUser : ITlsUser
    {
        public CertificateSet? Certificates { get; private set; }

        public ITlsChange Prepare(CertificateSet certificates) => new Change(this, certificates);

        private sealed class Change(RecordingUser user, CertificateSet certificates) : ITlsChange
        {
            public void Make() => user.Certificates = certificates;

            public void Drop()
            {
                // Empty: nothing was prepared.
            }
        }
    }
}
