using System.CommandLine;
using System.Net;
using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Cli;

/// <summary>The command-line options about TLS, and their conversion to listeners and certificates.</summary>
internal sealed class TlsCliOptions
{
    // A year is the least that browsers' lists take; ten are more than any browser keeps.
    private static readonly TimeSpan MostHsts = TimeSpan.FromDays(3650);

    private readonly Option<EndPoint[]> _tls = CliOption.Addresses(
        "--tls", "Where TLS is spoken: HOST:PORT, :443, [::]:443 or unix:PATH [default: 0.0.0.0:443 with a certificate]");

    private readonly Option<string[]> _certificate = Files(
        "--tls-certificate", "File with a certificate and its issuers (PEM); the first is the default; read again when it changes");

    private readonly Option<string[]> _key = Files(
        "--tls-key", "File with the private key (PEM) of the --tls-certificate in the same place; not needed where that file has it");

    private readonly Option<string?> _password = CliOption.Path(
        CertificateReader.PasswordOption, "FILE", "File with the password of encrypted keys");

    private readonly Option<string?> _directory = CliOption.Path(
        CertificateFileOptions.DirectoryOption, "DIR", "Directory with certificates: NAME.crt and NAME.key, or NAME.pem with both");

    private readonly Option<TlsEngine?> _engine = CliOption.Choice<TlsEngine>(
        "--tls-engine",
        "What encrypts [default: auto, which is openssl where it can be used]",
        ("auto", TlsEngine.Auto),
        ("openssl", TlsEngine.OpenSsl),
        ("runtime", TlsEngine.Runtime));

    private readonly Option<EndPoint[]> _redirect = CliOption.Addresses(
        "--tls-redirect", "Where requests are redirected to https; without --proxy there is no plain proxy then");

    private readonly Option<TimeSpan?> _hsts = CliOption.Single<TimeSpan?>(
        "--hsts",
        "DURATION",
        "How long browsers keep to https (Strict-Transport-Security), such as 365d; 0: no such header",
        "a duration such as 30d or 365d",
        (string text, out TimeSpan? value) =>
        {
            var isDuration = DurationText.TryParse(text, MostHsts, out var duration);
            value = duration;
            return isDuration && (duration == TimeSpan.Zero || duration >= TimeSpan.FromSeconds(1));
        });

    private readonly Option<string?> _apiCertificate = CliOption.Path(
        "--api-tls-certificate", "FILE", "Certificate for TLS on the TCP addresses of --api and --status");

    private readonly Option<string?> _apiKey = CliOption.Path(
        "--api-tls-key", "FILE", "Private key of --api-tls-certificate; not needed where that file has it");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
            [_tls, _certificate, _key, _password, _directory, _engine, _redirect, _hsts, _apiCertificate, _apiKey];
        Array.ForEach(options, command.Options.Add);
    }

    /// <summary>Whether TLS is spoken: a certificate is named.</summary>
    public bool IsGiven(ParseResult parsed) =>
        parsed.GetValue(_certificate) is { Length: > 0 } || parsed.GetValue(_directory) is not null;

    /// <summary>Converts the addresses of <c>--tls</c> and <c>--tls-redirect</c> to listeners.</summary>
    /// <exception cref="UsageException">
    /// TLS is asked for without a certificate, an address is given twice, or a name cannot be resolved.
    /// </exception>
    public IReadOnlyList<ListenerOptions> MapListeners(ParseResult parsed, bool ordersCertificates)
    {
        if (!IsGiven(parsed) && !ordersCertificates)
        {
            RefuseWithoutCertificate(parsed);
            return [];
        }

        var tls = parsed.GetValue(_tls) is { Length: > 0 } given
            ? ListenAddress.ResolveAll(_tls.Name, given)
            : [new IPEndPoint(IPAddress.Any, 443)];
        var redirect = ListenAddress.ResolveAll(_redirect.Name, parsed.GetValue(_redirect) ?? []);
        return
        [
            .. tls.Select(endPoint => new ListenerOptions(endPoint, ListenerKind.Tls)),
            .. redirect.Select(endPoint => new ListenerOptions(endPoint, ListenerKind.Redirect)),
        ];
    }

    /// <summary>Whether plain requests are only redirected, so that the proxy has no default address of its own.</summary>
    public bool IsRedirecting(ParseResult parsed) => parsed.GetValue(_redirect) is { Length: > 0 };

    /// <summary>Returns how long browsers keep to TLS; zero for no statement.</summary>
    public TimeSpan MapHsts(ParseResult parsed) => parsed.GetValue(_hsts) ?? TimeSpan.Zero;

    /// <summary>Reads the certificates of the proxy, if there are any, and warns about them.</summary>
    /// <exception cref="UsageException">A file cannot be used, or the engine cannot.</exception>
    public TlsCertificates? MapProxy(ParseResult parsed, TransportKind transport, bool ordersCertificates)
    {
        if (!IsGiven(parsed))
        {
            return ordersCertificates ? Read(parsed, CertificateUse.Proxy, files: null, transport) : null;
        }

        var files = new CertificateFileOptions
        {
            Pairs = Pairs(parsed),
            Directory = parsed.GetValue(_directory),
            PasswordFile = parsed.GetValue(_password),
        };
        return Read(parsed, CertificateUse.Proxy, files, transport);
    }

    /// <summary>Reads the certificate of the manager API and the status listener, if there is one, and warns about it.</summary>
    /// <exception cref="UsageException">A file cannot be used, the certificate is missing, or the engine cannot be used.</exception>
    public TlsCertificates? MapApi(ParseResult parsed, TransportKind transport)
    {
        var (certificate, key) = (parsed.GetValue(_apiCertificate), parsed.GetValue(_apiKey));
        if (certificate is null)
        {
            return key is null ? null : throw new UsageException($"{_apiKey.Name} needs {_apiCertificate.Name}");
        }

        var files = new CertificateFileOptions
        {
            Pairs = [new CertificatePair(certificate, key ?? certificate, _apiCertificate.Name, key is null ? _apiCertificate.Name : _apiKey.Name)],
            PasswordFile = parsed.GetValue(_password),
        };
        return Read(parsed, CertificateUse.Api, files, transport);
    }

    private static Option<string[]> Files(string name, string description) => CliOption.Repeatable<string>(
        name,
        "FILE",
        description,
        "a file",
        (string text, out string value) =>
        {
            value = text;
            return text.Length > 0;
        });

    private TlsCertificates Read(ParseResult parsed, CertificateUse use, CertificateFileOptions? files, TransportKind transport)
    {
        var policy = new TlsPolicy { Engine = parsed.GetValue(_engine) ?? TlsEngine.Auto };
        var certificates = new TlsCertificates(use, files, policy, transport, TimeProvider.System);
        string?[] warnings = [certificates.FindOpenKeys(), .. certificates.Snapshot().Warnings];
        foreach (var warning in warnings.OfType<string>())
        {
            parsed.InvocationConfiguration.Error.WriteLine("wunderproxy: warning: " + warning);
        }

        return certificates;
    }

    private CertificatePair[] Pairs(ParseResult parsed)
    {
        var certificates = parsed.GetValue(_certificate) ?? [];
        var keys = parsed.GetValue(_key) ?? [];
        if (keys.Length == 0)
        {
            return [.. certificates.Select(path => new CertificatePair(path, path, _certificate.Name, _certificate.Name))];
        }

        return keys.Length == certificates.Length
            ? [.. certificates.Zip(keys, (path, key) => new CertificatePair(path, key, _certificate.Name, _key.Name))]
            : throw new UsageException(
                $"{_certificate.Name} is given {certificates.Length} times and {_key.Name} {keys.Length} times: "
                + "give one key for each certificate, in the same order");
    }

    private void RefuseWithoutCertificate(ParseResult parsed)
    {
        Option? given = parsed.GetValue(_tls) is { Length: > 0 } ? _tls
            : parsed.GetValue(_redirect) is { Length: > 0 } ? _redirect
            : parsed.GetValue(_key) is { Length: > 0 } ? _key
            : parsed.GetValue(_hsts) is { Ticks: > 0 } ? _hsts
            : null;
        if (given is not null)
        {
            throw new UsageException($"{given.Name} needs a certificate: {_certificate.Name}, {_directory.Name} or --acme-domain");
        }
    }
}
