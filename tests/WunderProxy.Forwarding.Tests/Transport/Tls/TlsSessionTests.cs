using System.Security.Cryptography;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>Sessions of libssl in memory, one against the other, with ciphertext cut at any byte.</summary>
internal sealed class TlsSessionTests
{
    private readonly Random _random = new(7);
    private byte[] _ticketKeys = null!;
    private TlsContextSet _contexts = null!;

    [OneTimeSetUp]
    public void Load() => Assert.That(OpenSslLibrary.TryLoad(out var error), Is.True, error);

    [SetUp]
    public void Create()
    {
        _ticketKeys = TicketKeys.Create();
        _contexts = new TlsContextSet(new TlsPolicy(), TestCertificates.All, _ticketKeys);
    }

    [TearDown]
    public void Free() => _contexts.Leave();

    [Test]
    public void Handshake_and_content_survive_ciphertext_cut_at_any_byte(
        [Values(1, 0, 100_000)] int most, [Values(0x0303, 0x0304)] int version)
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = version });
        Shake(client, server, most);
        var question = Bytes(5_000);
        var answer = Bytes(most == 1 ? 20_000 : 70_000);

        client.Write(question);
        Assert.That(Receive(client, server, question.Length, most), Is.EqualTo(question));
        server.Write(answer);
        Assert.That(Receive(server, client, answer.Length, most), Is.EqualTo(answer));

        client.Shutdown();
        Carry(client, server, most);
        server.ReadAll(out var end);
        Assert.That(end, Is.Zero);
        Assert.That(
            server.Session.Describe().Protocol, Is.EqualTo(version == 0x0303 ? TlsDetails.Version12 : TlsDetails.Version13));
    }

    [TestCase("example.test", "example.test")]
    [TestCase("EXAMPLE.test", "example.test")]
    [TestCase("other.test", "other.test")]
    [TestCase("a.wild.test", "other.test")]
    [TestCase("a.b.wild.test", "example.test")]
    [TestCase("rsa.test", "rsa.test")]
    [TestCase("unknown.test", "example.test")]
    [TestCase(null, "example.test")]
    public void Certificate_follows_from_the_server_name(string? asked, string expected)
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { ServerName = asked });

        Shake(client, server);

        var leaf = TestCertificates.All.Certificates.Single(
            each => each.Leaf.Subject.Equals("CN=" + expected, StringComparison.Ordinal)).Leaf;
        Assert.That(client.ServerCertificate(), Is.EqualTo(leaf.RawData));
        Assert.That(server.Session.ServerName, Is.EqualTo(asked));
    }

    [Test]
    public void Alpn_agrees_on_http_1_1_or_on_nothing()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { Alpn = ["h2", "http/1.1"] });
        Shake(client, server);
        Assert.That(server.Session.Describe().Alpn, Is.EqualTo("http/1.1"));

        using var other = TlsEnd.Server(_contexts);
        using var silent = TlsEnd.Client(new TlsEndOptions { Alpn = null });
        Shake(silent, other);
        Assert.That(other.Session.Describe().Alpn, Is.Null);
    }

    [Test]
    public void Client_that_offers_only_other_protocols_gets_the_alert_of_rfc_7301()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { Alpn = ["h2"] });

        client.Handshake();
        Carry(client, server);
        var step = server.Handshake();
        Carry(server, client);
        client.Handshake();

        Assert.That(step, Is.EqualTo(TlsStep.Failed));
        Assert.That(TlsErrors.Classify(server.Session.ErrorCode), Is.EqualTo(TlsFailure.NoApplicationProtocol));

        // Alerts from the other end are numbered from 1000; 120 is no_application_protocol.
        Assert.That(client.Session.ErrorCode & 0x7FFFFF, Is.EqualTo(1120u));
    }

    [TestCase("AES128-SHA")]
    [TestCase("ECDHE-ECDSA-AES128-SHA256")]
    [TestCase("DHE-RSA-AES128-GCM-SHA256")]
    public void Ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused(string cipher)
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = 0x0303, Ciphers = cipher });

        client.Handshake();
        Carry(client, server);

        Assert.That(server.Handshake(), Is.EqualTo(TlsStep.Failed));
        Assert.That(TlsErrors.Classify(server.Session.ErrorCode), Is.EqualTo(TlsFailure.NothingInCommon));
    }

    [TestCase("ECDHE-ECDSA-AES128-GCM-SHA256")]
    [TestCase("ECDHE-ECDSA-AES256-GCM-SHA384")]
    [TestCase("ECDHE-ECDSA-CHACHA20-POLY1305")]
    public void Ciphers_of_tls_1_2_are_those_of_the_policy(string cipher)
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = 0x0303, Ciphers = cipher });

        Shake(client, server);

        Assert.That(server.Session.Describe().Cipher, Is.EqualTo(cipher));
    }

    [Test]
    public void Old_versions_are_refused()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(
            new TlsEndOptions { MaxVersion = 0x0302, Ciphers = "ALL:@SECLEVEL=0" });

        client.Handshake();
        Carry(client, server);

        Assert.That(server.Handshake(), Is.EqualTo(TlsStep.Failed));
        Assert.That(TlsErrors.Classify(server.Session.ErrorCode), Is.EqualTo(TlsFailure.NothingInCommon));
    }

    [Test]
    public void Ticket_resumes_after_a_swap_of_certificates_and_not_after_one_of_its_keys(
        [Values(0x0303, 0x0304)] int version, [Values] bool newKeys)
    {
        var session = FirstSession(version);
        var swapped = new TlsContextSet(
            new TlsPolicy(), new CertificateSet([TestCertificates.Other, TestCertificates.Example]),
            newKeys ? TicketKeys.Create() : _ticketKeys);
        using var server = TlsEnd.Server(swapped);
        swapped.Leave();
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = version, Session = session });

        Shake(client, server);

        Assert.That(server.Session.Describe().IsResumed, Is.EqualTo(!newKeys));
        ClientCalls.FreeSession(session);
    }

    [Test]
    public void Key_updates_go_through_and_are_answered()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client();
        Shake(client, server);
        for (var round = 0; round < 50; round++)
        {
            client.UpdateKeys();
            client.Write([(byte)round]);
            Assert.That(Receive(client, server, 1), Is.EqualTo(new[] { (byte)round }));
            server.Write([(byte)~round]);
            Assert.That(Receive(server, client, 1), Is.EqualTo(new[] { (byte)~round }));
        }
    }

    [Test]
    public void Renegotiation_is_refused_and_the_session_goes_on()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = 0x0303 });
        Shake(client, server);

        client.Renegotiate();
        Carry(client, server);
        server.ReadAll(out var status);

        Assert.That(status, Is.EqualTo(IoStatus.WouldBlock).Or.EqualTo(IoStatus.Broken));
        Assert.That(server.Sent, Has.Count.LessThan(200), "an alert and no new handshake");
    }

    [Test]
    public void Bad_mac_ends_the_session_with_an_alert()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client();
        Shake(client, server);
        client.Write("hello"u8);
        var bytes = client.TakeSent();
        bytes[^1] ^= 1;

        server.Arrive(bytes);
        server.ReadAll(out var status);

        Assert.That(status, Is.EqualTo(IoStatus.Broken));
        Assert.That(server.Sent, Is.Not.Empty);
        server.TakeSent();
        server.Write("x"u8);
        Assert.That(server.Sent, Is.Empty, "nothing may be sent after the failure");
    }

    [Test]
    public void Content_after_a_close_notify_is_not_read()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client();
        Shake(client, server);
        client.Write("before"u8);
        client.Shutdown();
        var bytes = client.TakeSent();
        server.Arrive([.. bytes, .. RandomNumberGenerator.GetBytes(100)]);

        var read = server.ReadAll(out var status);

        Assert.That(read, Is.EqualTo("before"u8.ToArray()));
        Assert.That(status, Is.Zero);
        server.ReadAll(out var again);
        Assert.That(again, Is.Zero);
    }

    [Test]
    public void Peek_takes_nothing()
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client();
        Shake(client, server);
        Assert.That(server.Peek(), Is.EqualTo(IoStatus.WouldBlock));

        client.Write("x"u8);
        Carry(client, server);

        Assert.That(server.Peek(), Is.EqualTo(1));
        Assert.That(server.Peek(), Is.EqualTo(1));
        Assert.That(server.ReadAll(out _), Is.EqualTo("x"u8.ToArray()));
    }

    [Test]
    public void Random_bytes_never_complete_a_handshake()
    {
        for (var round = 0; round < 500; round++)
        {
            using var server = TlsEnd.Server(_contexts);
            server.Arrive(Bytes(_random.Next(1, 400)));
            Assert.That(server.Handshake(), Is.EqualTo(TlsStep.Failed).Or.EqualTo(TlsStep.WantsRead));
        }
    }

    [Test]
    public void Hello_with_a_bit_changed_is_answered_or_refused()
    {
        for (var round = 0; round < 300; round++)
        {
            using var server = TlsEnd.Server(_contexts);
            using var client = TlsEnd.Client();
            client.Handshake();
            var hello = client.TakeSent();
            hello[_random.Next(hello.Length)] ^= (byte)(1 << _random.Next(8));
            server.Arrive(hello);
            server.Handshake();
            Carry(server, client);
            client.Handshake();
            Carry(client, server);
            server.Handshake();
        }
    }

    private static void Carry(TlsEnd from, TlsEnd to)
    {
        to.Arrive(from.TakeSent());
    }

    private void Shake(TlsEnd client, TlsEnd server, int most = 100_000)
    {
        var (clientStep, serverStep) = (TlsStep.WantsRead, TlsStep.WantsRead);
        for (var rounds = 0; clientStep != TlsStep.Done || serverStep != TlsStep.Done; rounds++)
        {
            Assert.That(rounds, Is.LessThan(10));
            clientStep = client.Handshake();
            Carry(client, server, most, () => serverStep = server.Handshake());
            serverStep = server.Handshake();
            Carry(server, client, most, () => clientStep = client.Handshake());
            clientStep = client.Handshake();
            Assert.That(serverStep, Is.Not.EqualTo(TlsStep.Failed));
        }

        Carry(server, client, most);
    }

    private byte[] Receive(TlsEnd from, TlsEnd to, int count, int most = 100_000)
    {
        var received = new List<byte>();
        Carry(from, to, most, () => received.AddRange(to.ReadAll(out _)));
        received.AddRange(to.ReadAll(out _));
        Assert.That(received, Has.Count.EqualTo(count));
        return [.. received];
    }

    /// <summary>Carries ciphertext in pieces of at most so many bytes, 0 for pieces of random length, with a call after each.</summary>
    private void Carry(TlsEnd from, TlsEnd to, int most, Action? afterEach = null)
    {
        ReadOnlySpan<byte> bytes = from.TakeSent();
        while (!bytes.IsEmpty)
        {
            var piece = Math.Min(bytes.Length, most == 0 ? _random.Next(1, 3000) : most);
            to.Arrive(bytes[..piece]);
            bytes = bytes[piece..];
            afterEach?.Invoke();
        }
    }

    private nint FirstSession(int version)
    {
        using var server = TlsEnd.Server(_contexts);
        using var client = TlsEnd.Client(new TlsEndOptions { MaxVersion = version });
        Shake(client, server);

        // The tickets of TLS 1.3 come after the handshake.
        client.ReadAll(out _);

        // A session that is freed without an end counts as broken and is not resumed.
        client.Shutdown();
        return client.TakeSession();
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
