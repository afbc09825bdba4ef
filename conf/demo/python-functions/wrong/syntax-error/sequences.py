"""Four functions on sequences."""
import re
from collections import Counter


def is_palindrome(text):
    letters = text.replace(" ", "").lower()
    return letters == letters[::-1]


def fibonacci(n):
    numbers = []
    this, following = 0, 1
    while len(numbers) < n:
        numbers.append(this)
        this, following = following, this + following
    return numbers


def count_words(text):
    return dict(Counter(re.findall(r"[^\W\d_]+", text.lower())))


def merge(a, b)
    merged = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            merged.append(a[i])
            i += 1
        else:
            merged.append(b[j])
            j += 1
    return merged + a[i:] + b[j:]
