using System.Text;
using WunderProxy.Forwarding.Exchanges.AccessLogs;

namespace WunderProxy.Forwarding.Tests.Exchanges.AccessLogs;

/// <summary>Which values of a request target the access log keeps to itself.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class SecretValuesTests
{
    [TestCase("/a", "/a")]
    [TestCase("/a?b=c&d", "/a?b=c&d")]
    [TestCase("/a?token=x", "/a?token=***")]
    [TestCase("/a?token=", "/a?token=***")]
    [TestCase("/a?token&b=c", "/a?token&b=c")]
    [TestCase("/a?key=1&b=2;password=3&code=4;signature=5&secret=6", "/a?key=***&b=2;password=***&code=***;signature=***&secret=***")]
    [TestCase("/a?TOKEN=x&Api_Key=y&accessToken=z", "/a?TOKEN=***&Api_Key=***&accessToken=***")]
    [TestCase("/a?access_token=x&refresh-token=y&id_token=z", "/a?access_token=***&refresh-token=***&id_token=***")]
    [TestCase("/a?X-Amz-Signature=x&X-Amz-Security-Token=y&X-Amz-Credential=z&X-Amz-Date=d", "/a?X-Amz-Signature=***&X-Amz-Security-Token=***&X-Amz-Credential=***&X-Amz-Date=d")]
    [TestCase("/a?sig=x&auth=y&pwd=z&sign=s", "/a?sig=***&auth=***&pwd=***&sign=s")]
    [TestCase("/a?passwd=x&passphrase=y&newPassword=z", "/a?passwd=***&passphrase=***&newPassword=***")]
    [TestCase("/a?%74oken=x&to%6Ben=y&%54%4F%4B%45%4E=z", "/a?%74oken=***&to%6Ben=***&%54%4F%4B%45%4E=***")]
    [TestCase("/a?user[token]=x&t.o-k_e+n=y", "/a?user[token]=***&t.o-k_e+n=***")]
    [TestCase("/a?token=a=b/c?d&e=f", "/a?token=***&e=f")]
    [TestCase("/a?token=x%26y%3Dz&b=c", "/a?token=***&b=c")]
    [TestCase("/a?next=/b?token=x&c=d", "/a?next=/b?token=***&c=d")]
    [TestCase("/a?next=%2Fb%3Ftoken%3Dx%26c%3Dd&e=f", "/a?next=%2Fb%3Ftoken%3D***%26c%3Dd&e=f")]
    [TestCase("/a?x%3Dtoken=y", "/a?x%3Dtoken=***")]
    [TestCase("/a?next=%2Fb%3Ftoken%3Dx%3Fy", "/a?next=%2Fb%3Ftoken%3D***")]
    [TestCase("/a;token=x?y=z", "/a;token=***?y=z")]
    [TestCase("/a;token=x/b;c=d?e=f", "/a;token=***/b;c=d?e=f")]
    [TestCase("/a;jsession=x?token=y", "/a;jsession=x?token=***")]
    [TestCase("/a?token%3=x&%zztoken=y", "/a?token%3=***&%zztoken=***")]
    [TestCase("/a?token=%", "/a?token=***")]
    [TestCase("*", "*")]
    [TestCase("", "")]
    public void Values_of_secret_names_are_masked(string target, string expected) =>
        Assert.That(Mask(target), Is.EqualTo(expected));

    [Test]
    public void No_spelling_of_a_secret_name_shows_the_value([Values("token", "key", "password", "code", "signature", "secret")] string word)
    {
        // Each letter of the word, from the fifth on as the fourth, in each of the ways in which it can be written, behind each separator.
        foreach (var separator in "?&;#")
        {
            for (var spelling = 0; spelling < 1 << (2 * Math.Min(word.Length, 4)); spelling++)
            {
                var name = new StringBuilder();
                for (var i = 0; i < word.Length; i++)
                {
                    name.Append(Spell(word[i], (spelling >> (2 * Math.Min(i, 3))) & 3));
                }

                var target = $"/p?a=b{separator}my_{name}2=hidden/value&c=d";
                Assert.That(Mask(target), Does.Not.Contain("hidden").And.Not.Contain("value").And.EndsWith("***&c=d"), target);
            }
        }
    }

    [Test]
    public void Long_target_of_nothing_but_equals_signs_takes_one_pass()
    {
        var target = "/?" + new string('=', 1_000_000);

        Assert.That(Mask(target), Is.EqualTo(target));
    }

    private static string Spell(char letter, int way) => way switch
    {
        0 => $"{letter}",
        1 => $"{char.ToUpperInvariant(letter)}",
        2 => $"%{(int)letter:x2}",
        _ => $"%{(int)char.ToUpperInvariant(letter):X2}",
    };

    private static string Mask(string target)
    {
        var bytes = Encoding.Latin1.GetBytes(target);
        var text = new StringBuilder();
        var shown = 0;
        var secrets = new SecretValues(bytes);
        for (; secrets.MoveNext(); shown = secrets.End)
        {
            text.Append(target[shown..secrets.Start]).Append("***");
        }

        return text.Append(target[shown..]).ToString();
    }
}
