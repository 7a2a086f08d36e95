using System.CommandLine;
using System.Net;
using WunderProxy.Cli;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Tests.Certificates;

namespace WunderProxy.Tests.Cli;

internal sealed class TlsOptionTests
{
    private static readonly EndPoint Any443 = new IPEndPoint(IPAddress.Any, 443);

    [Test]
    public void Certificate_alone_speaks_tls_on_port_443_beside_the_plain_proxy()
    {
        Assert.That(
            Listeners("--tls-certificate", "a.pem"),
            Is.EqualTo(new[] { new ListenerOptions(new IPEndPoint(IPAddress.Any, 80)), new ListenerOptions(Any443, ListenerKind.Tls) }));
        Assert.That(Listeners("--tls-directory", "a").Select(listener => listener.Kind), Does.Contain(ListenerKind.Tls));
    }

    [Test]
    public void Redirect_takes_the_place_of_the_default_proxy_only()
    {
        var redirect = new ListenerOptions(new IPEndPoint(IPAddress.Any, 80), ListenerKind.Redirect);

        Assert.That(
            Listeners("--tls-certificate", "a.pem", "--tls-redirect", "0.0.0.0:80"),
            Is.EqualTo(new[] { new ListenerOptions(Any443, ListenerKind.Tls), redirect }));
        Assert.That(
            Listeners("--tls-certificate", "a.pem", "--tls-redirect", "0.0.0.0:80", "--proxy", "127.0.0.1:81", "--tls", "unix:/t.sock")
                .Select(listener => listener.Kind),
            Is.EqualTo(new[] { ListenerKind.Proxy, ListenerKind.Tls, ListenerKind.Redirect }));
    }

    [Test]
    public void Proxy_headers_may_come_before_tls() => Assert.That(
        Listeners("--tls-certificate", "a.pem", "--proxy-protocol", "10.0.0.1").Select(listener => listener.Kind),
        Is.EqualTo(new[] { ListenerKind.Proxy, ListenerKind.Tls }));

    [TestCase("--tls", "127.0.0.1:443")]
    [TestCase("--tls-redirect", "127.0.0.1:80")]
    [TestCase("--tls-key", "a.key")]
    [TestCase("--hsts", "365d")]
    public void Tls_without_a_certificate_is_refused(string option, string value) => Assert.That(
        () => Listeners(option, value),
        Throws.TypeOf<UsageException>().With.Message.EqualTo($"{option} needs a certificate: --tls-certificate, --tls-directory or --acme-domain"));

    [TestCase("365d", 365)]
    [TestCase("0", 0)]
    public void Hsts_reaches_its_place(string text, int days)
    {
        var options = new ProxyCliOptions();

        var application = options.MapApplication(Parse(options, "--hsts", text));

        Assert.That(application.Hsts, Is.EqualTo(TimeSpan.FromDays(days)));
    }

    [TestCase("--hsts", "10ms")]
    [TestCase("--hsts", "9999d")]
    [TestCase("--tls-engine", "gnutls")]
    [TestCase("--tls-certificate", "")]
    public void Value_that_makes_no_sense_is_refused(string option, string value)
    {
        var options = new ProxyCliOptions();

        Assert.That(Parse(options, option, value).Errors, Has.Count.EqualTo(1));
    }

    [Test]
    public void Number_of_keys_must_be_that_of_certificates()
    {
        var options = new ProxyCliOptions();
        var parsed = Parse(options, "--tls-certificate", "a", "--tls-certificate", "b", "--tls-key", "a");

        Assert.That(
            () => options.MapTls(parsed),
            Throws.TypeOf<UsageException>().With.Message.Contains("give one key for each certificate"));
    }

    [Test]
    public void Keys_belong_to_the_certificates_in_the_same_place_or_lie_in_them()
    {
        using var folder = new CertificateFolder();
        folder.Write("a", ["a.test"]);
        folder.Write("b", ["b.test"]);
        folder.WriteText("c.pem", File.ReadAllText(folder.At("b.key")) + File.ReadAllText(folder.At("b.crt")));
        var options = new ProxyCliOptions();

        var pairs = options.MapTls(Parse(
            options, "--tls-certificate", folder.At("a.crt"), "--tls-certificate", folder.At("b.crt"),
            "--tls-key", folder.At("a.key"), "--tls-key", folder.At("b.key")));
        var one = options.MapTls(Parse(options, "--tls-certificate", folder.At("c.pem")));

        Assert.That(pairs!.Source.Certificates.Default!.Names, Is.EqualTo(new[] { "a.test" }));
        Assert.That(one!.Source.Certificates.Default!.Names, Is.EqualTo(new[] { "b.test" }));
    }

    [Test]
    public void Api_key_needs_a_certificate()
    {
        var options = new ProxyCliOptions();

        Assert.That(
            () => options.MapApiTls(Parse(options, "--api-tls-key", "a")),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("--api-tls-key needs --api-tls-certificate"));
        Assert.That(options.MapApiTls(Parse(options)), Is.Null);
    }

    [Test]
    public void Engine_that_the_transport_does_not_have_is_refused()
    {
        using var folder = new CertificateFolder();
        folder.Write("a", ["a.test"]);
        var options = new ProxyCliOptions();
        var parsed = Parse(options, "--tls-directory", folder.Path, "--tls-engine", "openssl", "--transport", "sockets");

        Assert.That(() => options.MapTls(parsed), Throws.TypeOf<UsageException>().With.Message.Contains("epoll"));
    }

    private static IReadOnlyList<ListenerOptions> Listeners(params string[] arguments)
    {
        var options = new ProxyCliOptions();
        return options.MapListeners(Parse(options, arguments));
    }

    private static ParseResult Parse(ProxyCliOptions options, params string[] arguments)
    {
        var command = new Command("test");
        options.AddTo(command);
        return command.Parse(arguments);
    }
}
