using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Cli;

/// <summary>
/// The two positional arguments, bucket and prefix, that say where an application's documents are stored.
/// </summary>
internal sealed class StoreArguments
{
    private readonly Argument<string> _bucket = new("BUCKET")
    {
        Description = "An S3 bucket, or file:DIR for a directory with the same layout",
    };

    private readonly Argument<string> _prefix = new("PREFIX")
    {
        Description = "The application's prefix in the bucket",
    };

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_bucket);
        command.Arguments.Add(_prefix);
    }

    /// <summary>
    /// Returns the bucket in its canonical spelling, because state, locks and labels are named by it.
    /// </summary>
    public string Bucket(ParseResult parsed) => ObjectStores.Canonical(parsed.GetRequiredValue(_bucket));

    /// <summary>Returns the prefix without leading and trailing slashes.</summary>
    public string Prefix(ParseResult parsed) => parsed.GetRequiredValue(_prefix).Trim('/');

    /// <summary>Opens the store without contacting it.</summary>
    /// <exception cref="UsageException">
    /// The bucket is a plain file or a directory without a parent, or the prefix leads out of it.
    /// </exception>
    public IObjectStore Open(ParseResult parsed)
    {
        if (!ObjectStores.CanHold(Bucket(parsed), Prefix(parsed)))
        {
            throw new UsageException($"'{Prefix(parsed)}' cannot be a prefix in {Bucket(parsed)}: empty parts, '.' and '..' are not allowed");
        }

        try
        {
            return ObjectStores.Open(Bucket(parsed), TimeProvider.System);
        }
        catch (ObjectStoreException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
    }
}
