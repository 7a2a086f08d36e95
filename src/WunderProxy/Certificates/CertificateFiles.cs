using WunderProxy.Configuration;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>
/// The certificates in files. A file that cannot be used any more leaves its last good certificate in service. Used by
/// one thread at a time.
/// </summary>
/// <param name="options">Which files are read.</param>
/// <param name="check">Throws <see cref="TlsException"/> for a certificate that the engine does not take.</param>
internal sealed class CertificateFiles(CertificateFileOptions options, Action<ServerCertificate> check)
{
    private const string CertificateEnding = ".crt";
    private const string KeyEnding = ".key";
    private const string BothEnding = ".pem";

    private volatile List<LoadedCertificate> _loaded = [];
    private HashSet<CertificatePair> _missing = [];
    private string _seen = string.Empty;

    /// <summary>The certificates read last, the default first.</summary>
    public IReadOnlyList<ServerCertificate> Certificates => [.. _loaded.Select(entry => entry.Certificate)];

    /// <summary>The certificates read last, with the files that they come from. May be read from any thread.</summary>
    public IReadOnlyList<LoadedCertificate> Loaded => _loaded;

    /// <summary>Reads all files for the first time.</summary>
    /// <exception cref="UsageException">A file or the directory cannot be used, or the directory has no certificate.</exception>
    public void Load()
    {
        _seen = Look();
        _loaded = [.. FindPairs().Select(pair => new LoadedCertificate(pair, Read(pair), Problem: null))];
    }

    /// <summary>Whether a file has been written, replaced, added or removed since the last reading, or was missing then.</summary>
    public bool HaveChanged() => _missing.Count > 0 || !string.Equals(Look(), _seen, StringComparison.Ordinal);

    /// <summary>Reads all files again; what cannot be used keeps its last good certificate.</summary>
    /// <param name="removal">What becomes of a certificate whose file has gone.</param>
    /// <returns>What could not be used, a sentence for each; empty if everything could.</returns>
    public IReadOnlyList<string> Reload(FileRemoval removal)
    {
        // Looked at before the files are read: a change during the reading is then seen by the next look.
        _seen = Look();
        var problems = new List<string>();
        var next = new List<LoadedCertificate>();
        var pairs = PairsOrKnown(problems);
        var missing = removal == FileRemoval.AtOnce
            ? new HashSet<CertificatePair>()
            : _loaded.Select(entry => entry.Pair).Except(pairs).Except(_missing).ToHashSet();
        foreach (var pair in pairs)
        {
            try
            {
                next.Add(new LoadedCertificate(pair, Read(pair), Problem: null));
            }
            catch (UsageException exception)
            {
                problems.Add(exception.Message);
                if (_loaded.Find(entry => entry.Pair == pair) is { } last)
                {
                    next.Add(last with { Problem = exception.Message });
                }
            }
        }

        // In their old places: the first certificate is the default.
        for (var place = 0; place < _loaded.Count; place++)
        {
            if (missing.Contains(_loaded[place].Pair))
            {
                next.Insert(Math.Min(place, next.Count), _loaded[place]);
            }
        }

        if (next.Count > 0)
        {
            _loaded = next;
        }

        _missing = missing;

        return problems;
    }

    /// <summary>Finds who else can read or change the private keys.</summary>
    /// <returns>Sentences for a warning; empty if nobody else can.</returns>
    public IReadOnlyList<string> FindOpenKeys() =>
    [
        .. _loaded.Select(entry => SecretFile.WarningOf(entry.Pair.KeyOption, entry.Pair.KeyPath)).OfType<string>(),
        .. options.PasswordFile is { } file && SecretFile.WarningOf(CertificateReader.PasswordOption, file) is { } warning
            ? [warning]
            : Array.Empty<string>(),
    ];

    /// <summary>Reads the certificate of a pair, and checks that the engine takes it.</summary>
    /// <exception cref="UsageException">A file of the pair cannot be used, or the engine refuses the certificate.</exception>
    private ServerCertificate Read(CertificatePair pair)
    {
        var certificate = CertificateReader.Read(pair, options.PasswordFile);
        try
        {
            check(certificate);
            return certificate;
        }
        catch (TlsException exception)
        {
            throw new UsageException($"{pair.CertificateOption}: {pair.CertificatePath}: {exception.Message}", exception);
        }
    }

    private List<CertificatePair> PairsOrKnown(List<string> problems)
    {
        try
        {
            return FindPairs();
        }
        catch (UsageException exception)
        {
            problems.Add(exception.Message);
            return [.. _loaded.Select(entry => entry.Pair)];
        }
    }

    /// <summary>Returns the files named one by one, then those of the directory by their names.</summary>
    /// <exception cref="UsageException">The directory cannot be read, or has no certificate.</exception>
    private List<CertificatePair> FindPairs()
    {
        List<CertificatePair> pairs = [.. options.Pairs];
        if (options.Directory is { } directory)
        {
            var found = ListFiles(directory).Select(PairOf).OfType<CertificatePair>().ToList();
            pairs.AddRange(found.Count > 0
                ? found
                : throw new UsageException(
                    $"{CertificateFileOptions.DirectoryOption}: {directory} has no certificate: "
                    + "put NAME.crt with NAME.key, or NAME.pem with both, into it"));
        }

        return pairs;
    }

    private static IEnumerable<string> ListFiles(string directory)
    {
        try
        {
            // Names with a dot in front are parts of a replacement under way, as of Kubernetes.
            return Directory.GetFiles(directory)
                .Where(path => !Path.GetFileName(path).StartsWith('.'))
                .Order(StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{CertificateFileOptions.DirectoryOption}: {exception.Message}", exception);
        }
    }

    private static CertificatePair? PairOf(string path)
    {
        const string Option = CertificateFileOptions.DirectoryOption;
        return Path.GetExtension(path) switch
        {
            CertificateEnding => new CertificatePair(path, Path.ChangeExtension(path, KeyEnding), Option, Option),
            BothEnding => new CertificatePair(path, path, Option, Option),
            _ => null,
        };
    }

    /// <summary>
    /// Describes all files by what changes when one is written or replaced. Polling, since notifications are not sent for
    /// a link whose target is replaced, a bind mount, or a file on a network.
    /// </summary>
    private string Look()
    {
        IEnumerable<string> paths = [.. options.Pairs.SelectMany(pair => new[] { pair.CertificatePath, pair.KeyPath })];
        try
        {
            paths = options.Directory is { } directory ? [.. paths, .. ListFiles(directory)] : paths;
        }
        catch (UsageException)
        {
            // A directory that has gone differs from one that is there.
        }

        paths = options.PasswordFile is { } password ? paths.Append(password) : paths;
        return string.Join('\n', paths.Select(path => $"{path} {FileStamp.Of(path)}"));
    }
}
