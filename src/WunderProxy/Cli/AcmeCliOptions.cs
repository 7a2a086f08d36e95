using System.Buffers;
using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Acme;
using WunderProxy.Deployments.Acme.Sharing;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Cli;

/// <summary>The command-line options about certificates from an ACME server, and their conversion to <see cref="AcmeOptions"/>.</summary>
internal sealed class AcmeCliOptions
{
    private static readonly SearchValues<char> NotInMail = SearchValues.Create(" ,?&<>\"");

    private readonly Option<string[]> _domain = CliOption.Repeatable<string>(
        "--acme-domain",
        "HOST",
        "Name that gets a certificate from the ACME server, whose terms of service this agrees to",
        CertificateHost.Expected,
        CertificateHost.TryParse);

    private readonly Option<string?> _email = CliOption.Single<string?>(
        "--acme-email",
        "MAIL",
        "Mail address to which the certificate authority may write",
        "a mail address",
        (string text, out string? mail) => IsMail(mail = text));

    private readonly Option<Uri?> _directory = CliOption.Single<Uri?>(
        "--acme-directory",
        "URL",
        "Directory of the ACME server [default: Let's Encrypt]",
        "an https URL such as https://acme-v02.api.letsencrypt.org/directory",
        TryParseDirectory);

    private readonly Option<string?> _roots = CliOption.Path(
        "--acme-ca", "FILE", "Root certificates in PEM that the ACME server may use besides those of the system");

    private readonly Option<string?> _accountKeyId = CliOption.Text(
        "--acme-eab-key-id", "ID", "Key identifier of your account at the authority; needs --acme-eab-key-file");

    private readonly Option<string?> _accountKeyFile = CliOption.Path(
        "--acme-eab-key-file", "FILE", "File with the HMAC key of your account at the authority, in base64url");

    private readonly Option<string?> _sharingKeyFile = CliOption.Path(
        "--acme-key-file", "FILE", "File with a secret by which instances share certificates through the store, sealed");

    private readonly Option<string?> _stateDirectory = CliOption.Path(
        "--state-dir", "DIR", "Directory for account, keys and certificates; needed with --acme-domain");

    private readonly bool _hasStore;

    /// <summary>Declares the options.</summary>
    /// <param name="hasStore">
    /// Whether the command has a store to share certificates through, and a state directory of its own.
    /// </param>
    public AcmeCliOptions(bool hasStore) => _hasStore = hasStore;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_domain, _email, _directory, _roots, _accountKeyId, _accountKeyFile];
        Array.ForEach(options, command.Options.Add);
        command.Options.Add(_hasStore ? _sharingKeyFile : _stateDirectory);
    }

    /// <summary>Converts the given options.</summary>
    /// <returns>The options; null if no certificates are ordered.</returns>
    /// <exception cref="UsageException">A file cannot be read, or an option is given without another one.</exception>
    public AcmeOptions? Map(ParseResult parsed)
    {
        var hosts = parsed.GetValue(_domain) ?? [];
        if (hosts.Length == 0)
        {
            Option[] others = [_email, _directory, _roots, _accountKeyId, _accountKeyFile, _sharingKeyFile];
            return Array.Find(others, option => IsGiven(parsed, option)) is { } alone
                ? throw new UsageException($"{alone.Name} needs --acme-domain")
                : null;
        }

        var sharingKeyFile = _hasStore ? parsed.GetValue(_sharingKeyFile) : null;
        foreach (var warning in AcmeFiles.WarningsOf(parsed.GetValue(_accountKeyFile), sharingKeyFile))
        {
            parsed.InvocationConfiguration.Error.WriteLine("wunderproxy: warning: " + warning);
        }

        return new AcmeOptions
        {
            Hosts = hosts,
            Email = parsed.GetValue(_email),
            Directory = parsed.GetValue(_directory) ?? AcmeOptions.LetsEncrypt,
            Roots = parsed.GetValue(_roots) is { } roots ? AcmeFiles.ReadRoots(roots) : [],
            ExternalAccount = ExternalAccountOf(parsed),
            SharingKey = sharingKeyFile is null ? null : new SealingKey(AcmeFiles.ReadSharingSecret(sharingKeyFile)),
            Version = ProductVersion.Text,
        };
    }

    /// <summary>Opens the place of account, keys and certificates.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="stateDirectory">The state directory of the application; null to take the option's.</param>
    /// <exception cref="UsageException">The directory is not given, cannot be used, or another process uses it.</exception>
    public AcmeState OpenState(ParseResult parsed, string? stateDirectory)
    {
        var directory = stateDirectory ?? parsed.GetValue(_stateDirectory)
            ?? throw new UsageException("--acme-domain needs --state-dir, where account, keys and certificates are kept");
        try
        {
            return AcmeState.TryOpen(directory)
                ?? throw new UsageException($"--state-dir: another process keeps its certificates in {directory}");
        }
        catch (StateUnwritableException exception)
        {
            throw new UsageException($"--state-dir: {exception.Message}", exception);
        }
    }

    private ExternalAccount? ExternalAccountOf(ParseResult parsed) =>
        (parsed.GetValue(_accountKeyId), parsed.GetValue(_accountKeyFile)) switch
        {
            (null, null) => null,
            ({ Length: > 0 } id, { } file) => new ExternalAccount(id, AcmeFiles.ReadAccountKey(file)),
            _ => throw new UsageException("--acme-eab-key-id and --acme-eab-key-file belong together: give both"),
        };

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    // The server judges the address; only what would break the mailto: URL or is no address at all is refused here.
    private static bool IsMail(string text) =>
        text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1
        && !text.AsSpan().ContainsAny(NotInMail) && !text.Any(char.IsControl);

    private static bool TryParseDirectory(string text, out Uri? directory) =>
        Uri.TryCreate(text, UriKind.Absolute, out directory) && AcmeOptions.IsDirectory(directory);
}
